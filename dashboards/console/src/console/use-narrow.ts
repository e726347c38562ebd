import { onBeforeUnmount, type Ref, ref } from 'vue';

function useQuery(text: string): Ref<boolean> {
  const query = matchMedia(text);
  const holds = ref(query.matches);
  const turn = (): void => {
    holds.value = query.matches;
  };
  query.addEventListener('change', turn);
  onBeforeUnmount(() => query.removeEventListener('change', turn));
  return holds;
}

/** True on a phone, also where it lies on its side, and on a small screen at 200 %: one thing at a time. */
export const useNarrow = (): Ref<boolean> =>
  useQuery('(max-width: 599px), (max-width: 899px) and (max-height: 559px)');

/** True where there is so little height that what stands around a list must not take it from the list. */
export const useLow = (): Ref<boolean> => useQuery('(max-height: 559px)');

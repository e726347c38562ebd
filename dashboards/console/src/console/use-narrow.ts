import { onBeforeUnmount, type Ref, ref } from 'vue';

/** True on a phone: one thing at a time. */
export function useNarrow(): Ref<boolean> {
  const query = matchMedia('(max-width: 599px)');
  const narrow = ref(query.matches);
  const turn = (): void => {
    narrow.value = query.matches;
  };
  query.addEventListener('change', turn);
  onBeforeUnmount(() => query.removeEventListener('change', turn));
  return narrow;
}

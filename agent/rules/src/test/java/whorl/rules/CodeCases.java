package whorl.rules;

import static java.util.Map.entry;
import static whorl.rules.Events.event;
import static whorl.rules.Events.withStack;
import static whorl.rules.ExampleEvents.REQUEST;
import static whorl.rules.ExampleEvents.defined;
import static whorl.rules.ExampleEvents.forRequest;
import static whorl.rules.ExampleEvents.library;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

/** Examples for rules about classes, libraries, native functions and agents; by title. */
final class CodeCases {
  private static final String FELIX_ACCESSOR =
      "f1e851773a4e6371481061192f8f8cafcfaa0c02a3c4ba8c6d1646485e6edaf1";

  static final Map<String, Cases> ALL =
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
              "Native Function that Runs Programs or Loads Code",
              new Cases(
                  List.of(
                      event(EventType.NATIVE_SYMBOL, "symbol", "system"),
                      event(EventType.NATIVE_SYMBOL, "symbol", "dlopen"),
                      event(EventType.NATIVE_SYMBOL, "symbol", "dlsym"),
                      event(EventType.NATIVE_SYMBOL, "symbol", "__libc_dlsym"),
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
                          "java.desktop/sun.font.HBShaper.<clinit>"),
                      symbolBy("evil.Shell.run", "io.netty.channel.nio.NioEventLoop.run")),
                  List.of(
                      event(EventType.NATIVE_SYMBOL, "symbol", "open"),
                      symbolBy(
                          "io.netty.util.internal.CleanerJava24Linker.<clinit>",
                          "io.netty.channel.nio.NioEventLoop.run"),
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
                          "com.fasterxml.jackson.module.afterburner.deser."
                              + "PropertyMutatorCollector.generateMutatorClass",
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
                  List.of(
                      loaderOf("java.net.URLClassLoader@1", "http://10.0.0.1/x.jar"),
                      loaderOf(
                          "sun.rmi.server.LoaderHandler$Loader@1",
                          "http://localhost.evil.example/"),
                      loaderOf(
                          "sun.rmi.server.LoaderHandler$Loader@1",
                          "http://localhost/a/",
                          "http://10.0.0.1/x.jar")),
                  List.of(
                      loaderOf("sun.rmi.server.LoaderHandler$Loader@1", "http://localhost/a/"),
                      event(
                          EventType.CLASS_LOAD,
                          "className",
                          "a.A",
                          "codeSource",
                          "http://10.0.0.1/x.jar")))));

  private CodeCases() {}

  private static AgentEvent agent(String jar, String className) {
    return event(EventType.AGENT_LOAD, "jar", jar, "className", className);
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

  private static AgentEvent loaderOf(String loader, String... urls) {
    return event(EventType.LOADER_CREATE, "loader", loader, "urls", List.of(urls));
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
}

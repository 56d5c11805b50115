package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/**
 * What excuses a library names the code that does it, and not the library's packages: a server, a
 * container of beans or an agent stands on the stack of every request, and so of every attack.
 */
class FrameworkStacksTest {
  private static final RuleSet PACK = RuleSet.load(List.of(), Set.of(), true);
  private static final String DROPPED = "Executable Dropped into a Writable Folder";
  private static final String WEB_SHELL = "Server Page Written";
  private static final String DEFINED = "Class Defined from an HTTP Request";
  private static final String INTO_JDK = "Class Defined into the JDK's Own Class Loaders";
  private static final String TAMPERED = "Recording Tampered with";
  private static final String CHANGED = "Classes Changed by Another Agent";
  private static final String METADATA = "Connection to a Cloud Metadata Service";
  private static final String METADATA_NAME = "Look-up of a Cloud Metadata Name";
  private static final String SYMBOL = "Native Function Looked up for a Request";
  private static final String KEY = "Key Material Read while a Request Was Served";
  private static final String PROCESS = "Details of a Process Read while a Request Was Served";
  private static final String LOG = "Log Removed";
  private static final String PROBED = "Sensitive File Looked for by a Request";

  private static final String NETTY_TLS = "io.netty.handler.ssl.SslHandler.decode";
  private static final String NETTY_LOOP = "io.netty.util.internal.ThreadExecutorMap$2.run";
  private static final String JETTY = "org.eclipse.jetty.ee10.servlet.ServletHolder.handle";
  private static final String JETTY_9 = "org.eclipse.jetty.ee9.nested.HttpChannel.handle";
  private static final String DATADOG =
      "datadog.trace.instrumentation.netty41.server.HttpServerRequestTracingHandler.channelRead";
  private static final String DATADOG_INJECTOR =
      "datadog.instrument.classinject.ClassInjector.injectClasses";
  private static final String DATADOG_HELPERS =
      "datadog.trace.agent.tooling.HelperInjector.injectClassLoader";
  private static final String ELASTIC = "co.elastic.apm.agent.reactor.TracedSubscriber.onNext";
  private static final String OPEN_TELEMETRY =
      "io.opentelemetry.javaagent.shaded.instrumentation.netty.v4_1.internal.server"
          + ".HttpServerRequestTracingHandler.channelRead";

  private static final String NEW_RELIC =
      "com.newrelic.instrumentation.kotlin.coroutines_17.NRRunnable.run";
  private static final String X_RAY =
      "com.amazonaws.xray.jakarta.servlet.AWSXRayServletFilter.doFilter";

  private static final String LOADER = "java.base/java.lang.ClassLoader.";
  private static final String DEFINE = LOADER + "defineClass";
  private static final String LOAD = LOADER + "loadClass";
  private static final String SECURE_DEFINE =
      "java.base/java.security.SecureClassLoader.defineClass";
  private static final String REDEFINE =
      "java.instrument/sun.instrument.InstrumentationImpl.redefineClasses";
  private static final String INVOKE = "java.base/java.lang.reflect.Method.invoke";
  private static final String SPEL =
      "org.springframework.expression.spel.support.ReflectiveMethodExecutor.execute";

  private static final String JRUBY = "app//org.jruby.util.OneShotClassLoader.defineClass";
  private static final String JANINO = "org.codehaus.janino.ByteArrayClassLoader.findClass";
  private static final String JANINO_3_1 =
      "org.codehaus.commons.compiler.util.reflect.ByteArrayClassLoader.findClass";
  private static final String RHINO = "org.mozilla.javascript.DefiningClassLoader.defineClass";
  private static final String RHINO_COMPILER =
      "org.mozilla.javascript.optimizer.Codegen.defineClass";
  private static final String JYTHON = "org.python.core.BytecodeLoader.makeClass";
  private static final String JYTHON_LOADER =
      "org.python.core.BytecodeLoader$Loader.loadClassFromBytes";

  private static final String AGENT_LOADER =
      "io.opentelemetry.javaagent.bootstrap.AgentClassLoader.";
  private static final String ELASTIC_LOADER =
      "co.elastic.apm.agent.bci.classloading.IndyPluginClassLoader@1a2b";
  private static final String JMX_CLASS = "jdk.jmx.remote.internal.rmi.PRef";
  private static final String JMX_LOADER =
      "javax.management.remote.rmi.NoCallStackClassLoader@1a2b";
  private static final String JMX_CONNECTOR =
      "java.management.rmi/javax.management.remote.rmi.RMIConnector.";
  private static final String BYTE_BUDDY_LOADER =
      "net.bytebuddy.dynamic.loading.ByteArrayClassLoader";
  private static final String NEW_RELIC_WEAVER =
      "com.newrelic.weave.weavepackage.NewClassAppender.";

  static Stream<Arguments> attacks() {
    return Stream.of(
        arguments(DROPPED, written("/tmp/a.sh", "evil.A.run", JETTY)),
        arguments(DROPPED, written("/tmp/a.sh", "evil.A.run", JETTY_9)),
        arguments(DROPPED, written("/tmp/dd_crash_uploader.sh", "evil.A.run", DATADOG)),
        arguments(WEB_SHELL, written("/app/a.jsp", "evil.A.run", JETTY)),
        arguments(
            DEFINED, defined("org.jboss.weld.bean.proxy.CombinedInterceptorAndDecorator.invoke")),
        arguments(
            DEFINED, defined("com.google.inject.internal.InterceptorStackCallback.intercept")),
        arguments(DEFINED, defined("io.quarkus.arc.impl.AroundInvokeInvocationContext.proceed")),
        arguments(
            DEFINED,
            defined(
                "org.codehaus.groovy.reflection.CachedMethod.invoke",
                "org.codehaus.groovy.runtime.callsite.PojoMetaMethodSite.call",
                "Script1.run",
                "groovy.lang.GroovyShell.evaluate")),
        arguments(DEFINED, defined("org.mvel2.optimizers.impl.asm.ASMAccessorOptimizer.getMethod")),
        arguments(
            DEFINED,
            defined(
                "org.codehaus.groovy.reflection.ClassLoaderForClassArtifacts.define",
                "Script1.run",
                "groovy.lang.GroovyShell.evaluate")),
        arguments(DEFINED, defined(OPEN_TELEMETRY)),
        arguments(DEFINED, definedByReflection(DEFINE, "evil.A.findClass", LOAD)),
        arguments(DEFINED, definedByReflection(DEFINE, INVOKE, LOAD)),
        arguments(DEFINED, definedByReflection("evil.A.run", DEFINE, LOAD)),
        arguments(DEFINED, defined(ELASTIC)),
        arguments(DEFINED, made("evil.A", JMX_LOADER, "loader", JMX_CONNECTOR + "<clinit>", SPEL)),
        arguments(DEFINED, made(JMX_CLASS, JMX_LOADER, "loader", JMX_CONNECTOR + "connect", SPEL)),
        arguments(DEFINED, made(JMX_CLASS, "evil.A@1a2b", "loader", JMX_CONNECTOR + "<clinit>")),
        arguments(DEFINED, defined("com.google.inject.internal.aop.ClassDefining.define", SPEL)),
        arguments(DEFINED, defined("org.apache.webbeans.proxy.Unsafe.defineAndLoadClass", SPEL)),
        arguments(
            DEFINED, defined("org.datanucleus.enhancer.EnhancerClassLoader.defineClass", SPEL)),
        arguments(
            DEFINED,
            defined("evil.A.run", "org.eclipse.persistence.internal.jpa.QueryImpl.execute")),
        arguments(
            DEFINED,
            defined(
                "evil.A.run", "org.hibernate.proxy.pojo.bytebuddy.ByteBuddyInterceptor.intercept")),
        arguments(
            DEFINED,
            defined(
                "evil.A.run",
                "org.hibernate.bytecode.enhance.spi.interceptor.EnhancementHelper.performWork")),
        arguments(
            DEFINED,
            defined("evil.A.run", "org.apache.openjpa.enhance.RedefinitionHelper.accessingField")),
        arguments(
            DEFINED,
            defined("evil.A.run", "org.jooq.impl.DefaultRecordMapper$MutablePOJOMapper.map")),
        arguments(
            DEFINED,
            defined(
                "evil.A.run",
                "org.springframework.data.mapping.model.ClassGeneratingEntityInstantiator"
                    + "$EntityInstantiatorAdapter.createInstance")),
        arguments(
            DEFINED,
            made(
                "a.B$$C",
                "app",
                "lookup",
                "org.springframework.cglib.core.ReflectUtils.defineClass",
                SPEL,
                "org.springframework.cglib.core.AbstractClassGenerator.create")),
        arguments(DEFINED, forged(RHINO, RHINO_COMPILER, RHINO_COMPILER, SPEL)),
        arguments(
            DEFINED,
            forged(
                RHINO, RHINO_COMPILER, RHINO_COMPILER, "org.mozilla.javascript.MemberBox.invoke")),
        arguments(
            DEFINED, defined("evil.A.run", "org.apache.calcite.runtime.Enumerables.moveNext")),
        arguments(
            DEFINED,
            defined("evil.A.run", "org.apache.spark.sql.catalyst.expressions.ScalaUDF.eval")),
        arguments(DEFINED, forged(JRUBY, SPEL)),
        arguments(DEFINED, forged(JRUBY, "org.jruby.javasupport.JavaMethod.invokeDirect")),
        arguments(DEFINED, forged("evil.A.run", JRUBY, "org.jruby.RubyClass.reify")),
        arguments(DEFINED, forged(JANINO, LOAD, LOAD, SPEL)),
        arguments(DEFINED, forged(JANINO_3_1, LOAD, LOAD, SPEL)),
        arguments(
            DEFINED,
            forged(JANINO, LOAD, "org.codehaus.janino.ClassLoaderIClassLoader.findIClass")),
        arguments(DEFINED, forged(JYTHON_LOADER, SPEL)),
        arguments(DEFINED, forged(JYTHON_LOADER, JYTHON, JYTHON, SPEL)),
        arguments(
            DEFINED, forged(JYTHON_LOADER, JYTHON, "org.python.core.PyReflectedFunction.__call__")),
        arguments(
            DEFINED, made("io.opentelemetry.Evil", "app", "reflection", SPEL, OPEN_TELEMETRY)),
        arguments(
            DEFINED,
            made(
                "io.opentelemetry.Evil",
                "app",
                "forged-source",
                "net.sf.jasperreports.engine.util.JRClassLoader.loadClass",
                SPEL)),
        arguments(
            DEFINED,
            made(
                "io.opentelemetry.Evil",
                "app",
                "forged-source",
                "org.springframework.cglib.transform.AbstractClassLoader.loadClass",
                SPEL)),
        arguments(
            DEFINED,
            forged(
                JRUBY, "org.jruby.javasupport.proxy.JavaProxyClass$ProxyMethodImpl.invoke", SPEL)),
        arguments(
            DEFINED,
            made(
                "io.opentelemetry.$$BCEL$$$l$8b$I$A",
                "org.apache.bcel.util.ClassLoader@1",
                "loader",
                "org.apache.bcel.util.ClassLoader.loadClass",
                OPEN_TELEMETRY)),
        arguments(DEFINED, forged(SECURE_DEFINE, AGENT_LOADER + "defineClass", SPEL)),
        arguments(DEFINED, forged(JANINO, LOAD, AGENT_LOADER + "loadClass", SPEL)),
        arguments(DEFINED, made("co.elastic.apm.Evil", "app", "reflection", SPEL, ELASTIC)),
        arguments(
            DEFINED, made("co.elastic.apm.Evil", ELASTIC_LOADER, "reflection", SPEL, ELASTIC)),
        arguments(
            DEFINED,
            forged(JANINO, LOAD, "co.elastic.apm.agent.premain.ShadedClassLoader.loadClass", SPEL)),
        arguments(
            DEFINED,
            forged(
                JANINO, LOAD, "com.newrelic.agent.bridge.reflect.ClassReflection.loadClass", SPEL)),
        arguments(INTO_JDK, made("a.B", "platform", "reflection", DATADOG_INJECTOR, SPEL)),
        arguments(TAMPERED, inAgentLoader("io.opentelemetry.javaagent.A", "evil.A.run", LOAD)),
        arguments(TAMPERED, inAgentLoader("a.B", LOAD)),
        arguments(
            TAMPERED,
            inAgentLoader(
                "datadog.trace.instrumentation.java.lang.A", DATADOG_INJECTOR, "evil.A.run")),
        arguments(
            TAMPERED,
            inAgentLoader(
                "datadog.trace.instrumentation.java.lang.A",
                DATADOG_INJECTOR,
                DATADOG_HELPERS,
                "evil.A.run")),
        arguments(CHANGED, changed("evil.A.run", OPEN_TELEMETRY)),
        arguments(
            CHANGED,
            changed(
                "evil.A.run",
                "io.opentelemetry.javaagent.bootstrap.executors.ContextPropagatingRunnable.run")),
        arguments(CHANGED, changed("evil.A.run", ELASTIC)),
        arguments(METADATA, connected("reactor-http-epoll-1", DATADOG)),
        arguments(METADATA, connected("reactor-http-epoll-1", ELASTIC)),
        arguments(METADATA_NAME, resolved("reactor-http-epoll-1", DATADOG)),
        arguments(
            SYMBOL, forRequest(EventType.NATIVE_SYMBOL, List.of(NETTY_LOOP), "symbol", "open")),
        arguments(KEY, read("/etc/tls/tls.key", NETTY_TLS)),
        arguments(
            PROCESS,
            read(
                "/proc/self/maps",
                "io.micrometer.core.instrument.binder.jetty.TimedHandler.handle")),
        arguments(CHANGED, changed(NEW_RELIC)),
        arguments(PROBED, probed("/etc/shadow", X_RAY)),
        arguments(METADATA_NAME, resolved("http-1", X_RAY)),
        arguments(LOG, deleted("evil.A.run", "org.apache.catalina.valves.ErrorReportValve.invoke")),
        arguments(
            LOG,
            deleted(
                "evil.A.run",
                "io.undertow.server.handlers.accesslog.AccessLogHandler.handleRequest")));
  }

  static Stream<Arguments> ordinary() {
    return Stream.of(
        arguments(
            DROPPED,
            written("/tmp/a.jar", "org.eclipse.jetty.ee10.webapp.WebInfConfiguration.unpack")),
        arguments(
            DROPPED,
            written("/tmp/a.jar", "org.eclipse.jetty.ee9.webapp.WebInfConfiguration.unpack")),
        arguments(DEFINED, defined("org.jboss.weld.bean.proxy.ProxyFactory.createProxyClass")),
        arguments(
            DEFINED,
            defined(
                "com.google.inject.internal.aop.ClassDefining.define",
                "com.google.inject.internal.aop.AbstractGlueGenerator.glue")),
        arguments(
            DEFINED,
            defined(
                "com.google.inject.internal.aop.UnsafeClassDefiner.accessDefineClass",
                "com.google.inject.internal.aop.ClassDefining.canDowncastToProxy",
                "com.google.inject.internal.aop.Enhancer.<init>")),
        arguments(
            DEFINED,
            defined(
                "org.apache.webbeans.proxy.Unsafe.defineAndLoadClass",
                "org.apache.webbeans.proxy.AbstractProxyFactory.createProxyClass")),
        arguments(
            DEFINED,
            defined(
                "org.datanucleus.enhancer.EnhancerClassLoader.defineClass",
                "org.datanucleus.enhancer.ImplementationCreatorImpl.newInstance")),
        arguments(
            DEFINED,
            defined(
                "org.codehaus.groovy.reflection.ClassLoaderForClassArtifacts.define",
                "org.codehaus.groovy.runtime.callsite.CallSiteGenerator.compilePojoMethod")),
        arguments(DEFINED, defined("org.mvel2.optimizers.impl.asm.ASMAccessorOptimizer.loadClass")),
        arguments(
            DEFINED,
            defined(
                "org.eclipse.persistence.internal.jaxb.JaxbClassLoader.generateClass",
                "org.eclipse.persistence.jaxb.compiler.MappingsGenerator.generateWrapperClass")),
        arguments(
            DEFINED,
            forged(JANINO, LOAD, LOAD, "Baz$1.moveNext", "org.apache.calcite.runtime.A.next")),
        arguments(
            DEFINED,
            forged(
                JANINO_3_1,
                LOAD,
                "org.apache.spark.sql.catalyst.expressions.GeneratedClass.generate")),
        arguments(
            DEFINED,
            forged(
                RHINO,
                RHINO_COMPILER,
                RHINO_COMPILER,
                "org.mozilla.javascript.Context.compileImpl")),
        arguments(
            DEFINED, forged(RHINO, "org.mozilla.javascript.JavaAdapter.loadAdapterClass", SPEL)),
        arguments(
            DEFINED,
            defined(
                "org.springframework.cglib.core.ReflectUtils.defineClass",
                "org.springframework.data.mapping.model.ClassGeneratingEntityInstantiator"
                    + "$ObjectInstantiatorClassGenerator.generateCustomInstantiatorClass")),
        arguments(DEFINED, forged(JRUBY, "org.jruby.ir.targets.JVMVisitor.defineFromBytecode")),
        arguments(DEFINED, forged(JRUBY, "org.jruby.RubyClass$BaseReificator.reify")),
        arguments(
            DEFINED, forged(JANINO, LOAD, LOAD, "org.codehaus.janino.ClassBodyEvaluator.cook")),
        arguments(
            DEFINED,
            forged(JANINO_3_1, LOAD, LOAD, "app//org.codehaus.janino.ClassBodyEvaluator.getClazz")),
        arguments(
            DEFINED,
            forged(
                JYTHON_LOADER,
                JYTHON,
                "org.python.core.BytecodeLoader.makeCode",
                "org.python.compiler.LegacyCompiler$LazyLegacyBundle.loadCode")),
        arguments(
            DEFINED,
            made(
                "io.opentelemetry.javaagent.shaded.instrumentation.A$B",
                "org.apache.catalina.loader.ParallelWebappClassLoader@1a2b",
                "loader",
                "org.apache.catalina.loader.WebappClassLoaderBase.loadClass")),
        arguments(
            DEFINED,
            forged(
                SECURE_DEFINE,
                AGENT_LOADER + "defineClass",
                AGENT_LOADER + "findAgentClass",
                AGENT_LOADER + "loadClass")),
        arguments(
            DEFINED,
            made(
                JMX_CLASS,
                JMX_LOADER,
                "loader",
                "java.management.rmi/javax.management.remote.rmi.NoCallStackClassLoader.findClass",
                JMX_CONNECTOR + "<clinit>",
                "java.management.rmi/com.sun.jmx.remote.protocol.rmi.ClientProvider."
                    + "newJMXConnector",
                SPEL)),
        arguments(
            DEFINED,
            made(
                "co.elastic.apm.agent.servlet.A",
                ELASTIC_LOADER,
                "reflection",
                BYTE_BUDDY_LOADER + "$ClassDefinitionAction.run",
                BYTE_BUDDY_LOADER + ".findClass",
                ELASTIC)),
        arguments(
            DEFINED,
            made(
                "co.elastic.apm.agent.servlet.A",
                ELASTIC_LOADER,
                "forged-source",
                BYTE_BUDDY_LOADER + ".access$300",
                BYTE_BUDDY_LOADER + "$ClassDefinitionAction.run",
                "co.elastic.apm.agent.servlet.ServletApiAdvice.<clinit>")),
        arguments(
            DEFINED,
            forged(
                "co.elastic.apm.agent.premain.ShadedClassLoader.defineClass",
                "co.elastic.apm.agent.premain.ShadedClassLoader.findClass")),
        arguments(
            DEFINED,
            made(
                "com.nr.instrumentation.A",
                "app",
                "reflection",
                NEW_RELIC_WEAVER + "defineClass",
                NEW_RELIC_WEAVER + "appendClasses",
                "com.newrelic.weave.weavepackage.WeavePackageManager.weave",
                "com.newrelic.agent.instrumentation.weaver.ClassWeaverService.transform")),
        arguments(DEFINED, definedByReflection(DEFINE, LOAD)),
        arguments(
            DROPPED,
            written(
                "/tmp/ddprof_root/pid_7/dd_crash_uploader.sh",
                "datadog.crashtracking.CrashUploaderScriptInitializer.writeCrashUploaderScript")),
        arguments(
            INTO_JDK,
            made(
                "datadog.trace.instrumentation.httpclient.A",
                "platform",
                "reflection",
                DATADOG_INJECTOR,
                DATADOG_HELPERS)),
        arguments(TAMPERED, inAgentLoader("io.opentelemetry.javaagent.A", LOAD)),
        arguments(
            TAMPERED,
            inAgentLoader(
                "datadog.trace.instrumentation.java.lang.FilesCallSite",
                DATADOG_INJECTOR,
                DATADOG_HELPERS,
                DATADOG_HELPERS,
                "datadog.trace.agent.tooling.bytebuddy.csi.CallSiteTransformer.transform")),
        arguments(CHANGED, changed("io.opentelemetry.javaagent.tooling.AgentStarterImpl.start")),
        arguments(CHANGED, changed("co.elastic.apm.agent.bci.ElasticApmAgent.ensureInstrumented")),
        arguments(
            METADATA,
            connected("elastic-apm-metadata", "co.elastic.apm.agent.impl.metadata.A.run")),
        arguments(
            SYMBOL,
            forRequest(
                EventType.NATIVE_SYMBOL,
                List.of("io.netty.util.internal.CleanerJava24Linker.<clinit>", NETTY_LOOP),
                "symbol",
                "malloc")),
        arguments(KEY, read("/etc/tls/tls.key", "io.netty.handler.ssl.SslContext.toPrivateKey")),
        arguments(
            PROCESS,
            read(
                "/proc/self/fd",
                "io.micrometer.core.instrument.binder.system.FileDescriptorMetrics.count")),
        arguments(
            CHANGED,
            changed("io.opentelemetry.javaagent.tooling.AgentInstaller.installBytebuddyAgent")),
        arguments(CHANGED, changed("co.elastic.apm.agent.bci.ElasticApmAgent.initInstrumentation")),
        arguments(CHANGED, changed("com.newrelic.agent.InstrumentationProxy.redefineClasses")),
        arguments(
            PROBED,
            probed(
                "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
                "com.amazonaws.auth.WebIdentityTokenCredentialsProvider.getCredentials")),
        arguments(
            METADATA_NAME, resolved("http-1", "com.amazonaws.util.EC2MetadataUtils.getItems")),
        arguments(LOG, deleted("org.apache.catalina.valves.AccessLogValve.backgroundProcess")));
  }

  private static AgentEvent forRequest(EventType type, List<String> frames, Object... values) {
    return Events.create(1, 0, type, "http-1", Events.stack(frames), Events.request("r1"), values);
  }

  private static AgentEvent written(String path, String... frames) {
    return forRequest(
        EventType.FILE_OPEN,
        List.of(frames),
        "path",
        path,
        "access",
        "write",
        "created",
        true,
        "failed",
        false);
  }

  private static AgentEvent read(String path, String frame) {
    return forRequest(
        EventType.FILE_OPEN,
        List.of("evil.A.run", frame),
        "path",
        path,
        "access",
        "read",
        "created",
        false,
        "failed",
        false);
  }

  private static AgentEvent deleted(String... frames) {
    return forRequest(EventType.FILE_DELETE, List.of(frames), "path", "/app/logs/shop.log");
  }

  private static AgentEvent changed(String frame) {
    return forRequest(
        EventType.TAMPER,
        List.of("java.instrument/sun.instrument.InstrumentationImpl.retransformClasses", frame),
        "what",
        "classes-changed",
        "target",
        "a.B");
  }

  private static AgentEvent probed(String path, String frame) {
    return forRequest(
        EventType.FILE_PROBE,
        List.of("java.base/java.io.File.exists", frame),
        "path",
        path,
        "operation",
        "exists",
        "found",
        true);
  }

  private static AgentEvent defined(String... frames) {
    return forRequest(
        EventType.CLASS_DEFINE, List.of(frames), "className", "a.B", "origin", "loader");
  }

  private static AgentEvent definedByReflection(String... below) {
    List<String> frames = new ArrayList<>(List.of(LOADER + "defineClass1"));
    frames.addAll(List.of(below));
    frames.add("org.apache.catalina.connector.CoyoteAdapter.service");
    return forRequest(EventType.CLASS_DEFINE, frames, "className", "a.B", "origin", "reflection");
  }

  private static AgentEvent forged(String... below) {
    return made("a.B", "a.Loader@1a2b", "forged-source", below);
  }

  private static AgentEvent made(String name, String loader, String origin, String... below) {
    List<String> frames = new ArrayList<>(List.of(LOADER + "defineClass1", DEFINE));
    frames.addAll(List.of(below));
    frames.add("org.apache.catalina.connector.CoyoteAdapter.service");
    return forRequest(
        EventType.CLASS_DEFINE, frames, "className", name, "loader", loader, "origin", origin);
  }

  private static AgentEvent changed(String... below) {
    List<String> frames = new ArrayList<>(List.of(REDEFINE));
    frames.addAll(List.of(below));
    return forRequest(
        EventType.TAMPER,
        frames,
        "what",
        "classes-changed",
        "target",
        "org.apache.catalina.core.ApplicationFilterChain");
  }

  private static AgentEvent inAgentLoader(String name, String... below) {
    List<String> frames =
        new ArrayList<>(
            List.of(
                "java.instrument/java.lang.instrument.ClassFileTransformer.transform",
                "java.instrument/sun.instrument.TransformerManager.transform",
                LOADER + "defineClass1",
                DEFINE));
    frames.addAll(List.of(below));
    return forRequest(EventType.TAMPER, frames, "what", "class-in-agent-loader", "target", name);
  }

  private static AgentEvent connected(String thread, String frame) {
    return on(
        thread,
        EventType.SOCKET_CONNECT,
        frame,
        "host",
        "169.254.169.254",
        "address",
        "169.254.169.254",
        "port",
        80);
  }

  private static AgentEvent resolved(String thread, String frame) {
    return on(thread, EventType.DNS_LOOKUP, frame, "host", "metadata.google.internal");
  }

  private static AgentEvent on(String thread, EventType type, String frame, Object... values) {
    return Events.create(1, 0, type, thread, Events.stack(List.of(frame)), null, values);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void attack_belowAFramework_isSeen(String title, AgentEvent event) {
    assertThat(PACK.matching(event)).extracting(Rule::title).contains(title);
  }

  @ParameterizedTest
  @MethodSource("ordinary")
  void libraryItself_isExcused(String title, AgentEvent event) {
    assertThat(PACK.rules()).extracting(Rule::title).contains(title);
    assertThat(PACK.matching(event)).extracting(Rule::title).doesNotContain(title);
  }
}

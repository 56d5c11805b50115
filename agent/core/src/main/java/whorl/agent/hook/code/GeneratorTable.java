package whorl.agent.hook.code;

import static whorl.agent.hook.code.Generator.near;
import static whorl.agent.hook.code.Generator.of;

import java.util.List;

/** The known generators. A library missing here costs a false finding, but no class is lost. */
final class GeneratorTable {
  private static final List<String> NO_CALLERS = List.of();

  static final List<Generator> ALL =
      List.of(
          of("jdk-proxy", List.of("java.lang.reflect.Proxy"), NO_CALLERS),
          of(
              "jdk-linkage",
              List.of(
                  "java.lang.invoke.",
                  "java.lang.runtime.",
                  "jdk.internal.foreign.",
                  "jdk.internal.reflect.",
                  "sun.reflect.misc.",
                  "com.sun.jmx.remote.util.",
                  "sun.nio.ch.",
                  "java.io.ObjectStreamClass",
                  "jdk.jfr.internal."),
              NO_CALLERS),
          of(
              "jdk-xslt",
              List.of(
                  "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
                  "org.apache.xalan.xsltc.trax.TemplatesImpl"),
              NO_CALLERS),
          near(
              "cglib",
              List.of(
                  "org.springframework.cglib.core.ReflectUtils",
                  "net.sf.cglib.core.ReflectUtils",
                  "com.google.inject.internal.cglib.core."),
              List.of(
                  "org.springframework.cglib.core.AbstractClassGenerator",
                  "net.sf.cglib.core.AbstractClassGenerator",
                  "com.google.inject.internal.cglib.core.$AbstractClassGenerator")),
          near(
              "spring-data",
              List.of("org.springframework.cglib.core.ReflectUtils"),
              List.of("org.springframework.data.mapping.model.", "org.springframework.data.util.")),
          of(
              "spring-spel",
              List.of("org.springframework.expression.spel.standard.SpelCompiler$ChildClassLoader"),
              List.of("org.springframework.expression.spel.standard.SpelCompiler")),
          of(
              "byte-buddy",
              List.of(
                  "*net.bytebuddy.dynamic.loading.",
                  "*.bytebuddy.dynamic.loading.",
                  "org.mockito.internal.creation.bytebuddy."),
              List.of(
                  "*net.bytebuddy.dynamic.DynamicType$Default$Unloaded",
                  "*.bytebuddy.dynamic.DynamicType$Default$Unloaded")),
          of(
              "byte-buddy",
              List.of(
                  "*net.bytebuddy.utility.dispatcher.JavaDispatcher$DynamicClassLoader",
                  "*.bytebuddy.utility.dispatcher.JavaDispatcher$DynamicClassLoader"),
              List.of(
                  "*net.bytebuddy.utility.dispatcher.JavaDispatcher",
                  "*.bytebuddy.utility.dispatcher.JavaDispatcher")),
          of(
              "javassist",
              List.of(
                  "*javassist.util.proxy.DefineClassHelper", "*javassist.util.proxy.FactoryHelper"),
              List.of("*javassist.util.proxy.ProxyFactory")),
          of(
              "groovy",
              List.of(
                  "groovy.lang.GroovyClassLoader",
                  "org.codehaus.groovy.runtime.ProxyGeneratorAdapter$InnerLoader"),
              List.of(
                  "org.codehaus.groovy.control.CompilationUnit",
                  "org.codehaus.groovy.runtime.ProxyGeneratorAdapter")),
          of(
              "groovy",
              // not those that call methods for a script, such as CachedMethod
              List.of(
                  "org.codehaus.groovy.runtime.callsite.GroovySunClassLoader",
                  "org.codehaus.groovy.reflection.SunClassLoader"),
              List.of(
                  "org.codehaus.groovy.runtime.callsite.",
                  "org.codehaus.groovy.reflection.",
                  "org.codehaus.groovy.runtime.")),
          near(
              "groovy",
              List.of("org.codehaus.groovy.reflection.ClassLoaderForClassArtifacts"),
              // not those through which a script calls its public define with any bytes
              List.of("org.codehaus.groovy.runtime.callsite.CallSiteGenerator")),
          of(
              "jsp",
              List.of("org.apache.jasper.servlet.JasperLoader"),
              List.of("org.apache.jasper.JspCompilationContext", "org.apache.jasper.servlet.Jsp")),
          of(
              "jsp",
              List.of("org.glassfish.wasp.servlet.WaspLoader"),
              List.of(
                  "org.glassfish.wasp.JspCompilationContext", "org.glassfish.wasp.servlet.Jsp")),
          of(
              "jackson",
              List.of(
                  "com.fasterxml.jackson.module.afterburner.util.MyClassLoader",
                  "tools.jackson.module.afterburner.util.MyClassLoader"),
              // not the loader itself, which anybody may call with any bytes
              List.of(
                  "com.fasterxml.jackson.module.afterburner.deser.",
                  "com.fasterxml.jackson.module.afterburner.ser.",
                  "tools.jackson.module.afterburner.deser.",
                  "tools.jackson.module.afterburner.ser.")),
          of(
              "jaxb",
              List.of("*v2.runtime.reflect.opt.Injector"),
              List.of("*v2.runtime.reflect.opt.AccessorInjector")),
          of(
              "nashorn",
              List.of(
                  "*nashorn.internal.runtime.ScriptLoader",
                  "*nashorn.internal.runtime.StructureLoader",
                  "*nashorn.internal.runtime.NashornLoader",
                  "*nashorn.internal.runtime.Context",
                  "*nashorn.internal.runtime.linker.JavaAdapter"),
              List.of("org.openjdk.nashorn.internal.", "jdk.nashorn.internal.")),
          of(
              "jasper-reports",
              List.of("net.sf.jasperreports.engine.util.JRClassLoader"),
              List.of("net.sf.jasperreports.engine.design.", "net.sf.jasperreports.compilers.")),
          of(
              "guice",
              List.of("com.google.inject.internal.aop."),
              // Enhancer: the helper by which it defines classes, once
              List.of(
                  "com.google.inject.internal.aop.AbstractGlueGenerator",
                  "com.google.inject.internal.aop.Enhancer")),
          of(
              "weld",
              List.of("org.jboss.weld.", "org.jboss.classfilewriter."),
              List.of("org.jboss.weld.bean.proxy.ProxyFactory", "org.jboss.weld.environment.")),
          of(
              "open-web-beans",
              List.of(
                  "org.apache.webbeans.proxy.",
                  "org.apache.webbeans.service.ClassLoaderProxyService"),
              List.of("org.apache.webbeans.proxy.AbstractProxyFactory")),
          of(
              "eclipselink",
              List.of("org.eclipse.persistence.dynamic.DynamicClassLoader"),
              List.of("org.eclipse.persistence.")),
          of(
              "openjpa",
              List.of("org.apache.openjpa.enhance.", "serp.bytecode."),
              List.of("org.apache.openjpa.enhance.")),
          of(
              "janino",
              List.of(
                  "org.codehaus.janino.ByteArrayClassLoader",
                  "org.codehaus.commons.compiler.util.reflect.ByteArrayClassLoader"),
              List.of("org.codehaus.janino.SimpleCompiler", "org.codehaus.janino.ScriptEvaluator")),
          of(
              "reflectasm",
              List.of("com.esotericsoftware.reflectasm.AccessClassLoader"),
              List.of(
                  "com.esotericsoftware.reflectasm.MethodAccess",
                  "com.esotericsoftware.reflectasm.FieldAccess",
                  "com.esotericsoftware.reflectasm.ConstructorAccess")),
          of(
              "fastjson",
              List.of(
                  "com.alibaba.fastjson.util.ASMClassLoader",
                  "com.alibaba.fastjson2.util.DynamicClassLoader"),
              List.of(
                  "com.alibaba.fastjson.parser.deserializer.ASMDeserializerFactory",
                  "com.alibaba.fastjson.serializer.ASMSerializerFactory",
                  "com.alibaba.fastjson2.reader.ObjectReaderCreatorASM",
                  "com.alibaba.fastjson2.writer.ObjectWriterCreatorASM")),
          of(
              "cxf",
              List.of("org.apache.cxf.common.spi.", "org.apache.cxf.common.util.ASMHelper"),
              List.of("org.apache.cxf.jaxb.", "org.apache.cxf.endpoint.dynamic.")),
          of(
              "lucene",
              List.of("org.apache.lucene.expressions.js.JavascriptCompiler$Loader"),
              List.of("org.apache.lucene.expressions.js.JavascriptCompiler")),
          of(
              "derby",
              List.of("org.apache.derby.impl.services.reflect."),
              List.of("org.apache.derby.impl.services.bytecode.")),
          of(
              "drools",
              List.of(
                  "org.drools.wiring.dynamic.PackageClassLoader",
                  "org.drools.wiring.dynamic.DynamicComponentsSupplier$DefaultByteArrayClassLoader",
                  "org.drools.wiring.api.classloader.ProjectClassLoader",
                  "org.drools.core.rule.JavaDialectRuntimeData$PackageClassLoader",
                  "org.drools.core.common.ProjectClassLoader"),
              List.of(
                  "org.drools.core.rule.JavaDialectRuntimeData",
                  // a rule's class is taken out of its package when the rule first fires
                  "org.drools.core.phreak.",
                  "org.drools.core.reteoo.",
                  "org.drools.mvel.asm.",
                  "org.drools.core.rule.builder.dialect.asm.",
                  "org.drools.core.util.asm.")),
          of("h2", List.of("org.h2.util.SourceCompiler$"), List.of("org.h2.util.SourceCompiler")),
          of(
              "kotlin-script",
              List.of(
                  "org.jetbrains.kotlin.scripting.compiler.plugin.impl.CompiledScriptClassLoader",
                  "kotlin.script.experimental.jvm.impl.CompiledScriptClassLoader"),
              List.of("kotlin.script.experimental.jvm.")),
          near(
              "apm-agent",
              List.of("io.opentelemetry.javaagent.bootstrap.AgentClassLoader"),
              // not anybody else, who may call its public defineClass with any bytes
              List.of(
                  "io.opentelemetry.javaagent.bootstrap.AgentClassLoader",
                  "io.opentelemetry.javaagent.tooling.")),
          of(
              "apm-agent",
              List.of(
                  "io.opentelemetry.javaagent.instrumentation.",
                  "io.opentelemetry.javaagent.shaded.",
                  "io.opentelemetry.javaagent.tooling.",
                  "datadog.trace.",
                  "co.elastic.apm.agent.",
                  "com.newrelic."),
              NO_CALLERS));

  /** Beginnings of names of code that legitimately changes loaded classes. */
  static final List<String> CHANGERS =
      List.of(
          "org.mockito.internal.",
          "net.bytebuddy.agent.builder.",
          "io.opentelemetry.javaagent.",
          "datadog.trace.",
          "co.elastic.apm.agent.",
          "com.newrelic.",
          "org.aspectj.weaver.",
          "org.springframework.instrument.",
          "reactor.blockhound.",
          "kotlinx.coroutines.debug.",
          "io.mockk.");

  private GeneratorTable() {}

  static boolean isChanger(String className) {
    for (String known : CHANGERS) {
      if (className.startsWith(known)) {
        return true;
      }
    }
    return false;
  }
}

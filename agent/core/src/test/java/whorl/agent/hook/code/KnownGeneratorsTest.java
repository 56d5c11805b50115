package whorl.agent.hook.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassInjector;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.MethodCall;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

public class KnownGeneratorsTest {
  /** The generators recognised from inside generated code. */
  public static final List<String> RECOGNISED = new ArrayList<>();

  private static Supplier<?> inner = () -> null;

  /** Generated classes call this as if they defined another class. */
  public static void recognise() {
    RECOGNISED.add(String.valueOf(DefinitionStack.here().generator()));
  }

  /** Called by generated classes; calls another one. Frames of Whorl are not on the stack. */
  public static void pass() {
    inner.get();
  }

  /** Generated classes call this as if they changed another class. */
  public static void recogniseChanger() {
    RECOGNISED.add(String.valueOf(DefinitionStack.here().changer()));
  }

  /**
   * Byte Buddy makes a class through which it calls the JDK, also for an agent that includes it.
   */
  @Test
  void changer_thatCallsTheJdkThroughByteBuddy_isFound() throws Exception {
    CodeSource place = new CodeSource(new URL("file:/lib/agent.jar"), (Certificate[]) null);
    ProtectionDomain domain = new ProtectionDomain(place, null);
    inner = made("net.bytebuddy.utility.Invoker$Dispatcher", domain, "recogniseChanger");
    RECOGNISED.clear();

    made("co.elastic.apm.agent.bci.Changer", domain, "pass").get();
    made("acme.Changer", domain, "pass").get();

    assertThat(RECOGNISED).containsExactly("co.elastic.apm.agent", "null");
  }

  @Test
  void recognise_ordinaryCode_findsNone() {
    assertThat(DefinitionStack.here().generator()).isNull();
  }

  @Test
  void recognise_generatedCodeWithAGeneratorsName_findsNone() throws Exception {
    String name = "io.opentelemetry.javaagent.tooling.Forged";

    assertThat(recognisedBy(name, null)).isEqualTo("null");
  }

  @Test
  void recognise_codeWithAGeneratorsName_andAForgedSource_findsNone() throws Exception {
    String name = "io.opentelemetry.javaagent.tooling.AlsoForged";
    ProtectionDomain domain = KnownGeneratorsTest.class.getProtectionDomain();

    KnownGenerators.noteForged(name, loader);

    assertThat(recognisedBy(name, domain)).isEqualTo("null");
  }

  @Test
  void recognise_codeWithAGeneratorsName_andItsOwnSource_findsIt() throws Exception {
    String name = "io.opentelemetry.javaagent.tooling.Genuine";
    CodeSource place = new CodeSource(new URL("file:/lib/agent.jar"), (Certificate[]) null);

    assertThat(recognisedBy(name, new ProtectionDomain(place, null))).isEqualTo("apm-agent");
  }

  /** It defines what it reads from its own jar, and the bytes that anybody gives it. */
  @Test
  void recognise_publicLoaderOfAnAgent_countsOnlyIfTheAgentCallsIt() throws Exception {
    String name = "io.opentelemetry.javaagent.bootstrap.AgentClassLoader";
    CodeSource place = new CodeSource(new URL("file:/lib/agent.jar"), (Certificate[]) null);

    assertThat(recognisedBy(name, new ProtectionDomain(place, null))).isEqualTo("null");
    assertThat(GeneratorTable.ALL)
        .filteredOn(generator -> generator.isDefiner(name))
        .singleElement()
        .satisfies(
            agent -> {
              assertThat(agent.near()).isTrue();
              assertThat(agent.isCaller(name)).isTrue();
              assertThat(agent.isCaller("org.springframework.expression.A")).isFalse();
            });
  }

  /** Its frames are several, and any code may call it with bytes of its own. */
  @Test
  void publicLoader_isNotItsOwnCaller() {
    String afterburner = "com.fasterxml.jackson.module.afterburner.";

    assertThat(GeneratorTable.ALL)
        .filteredOn(generator -> generator.name().equals("jackson"))
        .singleElement()
        .satisfies(
            jackson -> {
              assertThat(jackson.isDefiner(afterburner + "util.MyClassLoader")).isTrue();
              assertThat(jackson.isCaller(afterburner + "util.MyClassLoader")).isFalse();
              assertThat(jackson.isCaller(afterburner + "deser.PropertyMutatorCollector")).isTrue();
              assertThat(jackson.isCaller(afterburner + "ser.PropertyAccessorCollector")).isTrue();
            });
  }

  @Test
  void publicLoaderOfGroovy_countsOnlyForItsCallSites() {
    assertThat(GeneratorTable.ALL)
        .filteredOn(
            generator ->
                generator.isDefiner("org.codehaus.groovy.reflection.ClassLoaderForClassArtifacts"))
        .singleElement()
        .satisfies(
            groovy -> {
              String sites = "org.codehaus.groovy.runtime.callsite.";
              assertThat(groovy.near()).isTrue();
              assertThat(groovy.isCaller(sites + "CallSiteGenerator")).isTrue();
              assertThat(groovy.isCaller(sites + "PojoMetaMethodSite")).isFalse();
            });
  }

  /** These define any bytes for anybody, also for a bean that is intercepted. */
  @Test
  void publicMethodsThatDefineClasses_areNotTheirOwnCallers() {
    assertCallers(
        "guice",
        "com.google.inject.internal.aop.ClassDefining",
        "com.google.inject.internal.aop.AbstractGlueGenerator");
    assertCallers(
        "guice",
        "com.google.inject.internal.aop.UnsafeClassDefiner$ClassLoaderDefineClassHolder",
        "com.google.inject.internal.aop.Enhancer");
    assertCallers(
        "weld",
        "org.jboss.weld.bean.proxy.util.WeldDefaultProxyServices",
        "org.jboss.weld.bean.proxy.ProxyFactory");
    assertCallers(
        "open-web-beans",
        "org.apache.webbeans.proxy.Unsafe",
        "org.apache.webbeans.proxy.AbstractProxyFactory");
  }

  private static void assertCallers(String name, String definer, String caller) {
    assertThat(GeneratorTable.ALL)
        .filteredOn(generator -> generator.name().equals(name))
        .singleElement()
        .satisfies(
            generator -> {
              assertThat(generator.isDefiner(definer)).isTrue();
              assertThat(generator.isCaller(definer)).isFalse();
              assertThat(generator.isCaller(caller)).isTrue();
            });
  }

  @Test
  void isLinkage_publicApi_isNot() {
    assertThat(KnownGenerators.isLinkage("java.lang.invoke.InnerClassLambdaMetafactory")).isTrue();
    assertThat(KnownGenerators.isLinkage("java.lang.invoke.MethodHandle")).isFalse();
    assertThat(KnownGenerators.isLinkage("java.lang.invoke.MethodHandles$Lookup")).isFalse();
  }

  @Test
  void trusted_hiddenClass_isNot() throws Exception {
    byte[] bytes;
    try (var in = getClass().getResourceAsStream("KnownGeneratorsTest.class")) {
      bytes = in.readAllBytes();
    }
    Class<?> hidden = MethodHandles.lookup().defineHiddenClass(bytes, false).lookupClass();

    assertThat(KnownGenerators.trusted(hidden)).isFalse();
    assertThat(KnownGenerators.trusted(String.class)).isTrue();
    assertThat(KnownGenerators.trusted(getClass())).isTrue();
    assertThat(KnownGenerators.trusted(Proxy.class)).isTrue();
  }

  /**
   * Another agent's jar is on the boot class path. Code that defines a class there without a jar is
   * reported.
   */
  @Test
  void trusted_classOfTheBootClassPath_untilItIsNotedAsForged() {
    String name = "io.opentelemetry.javaagent.tooling.OnTheBootClassPath";
    byte[] bytes = new ByteBuddy().subclass(Object.class).name(name).make().getBytes();
    Class<?> type =
        ClassInjector.UsingUnsafe.ofBootLoader().injectRaw(Map.of(name, bytes)).get(name);

    assertThat(type.getClassLoader()).isNull();
    assertThat(KnownGenerators.trusted(type)).isTrue();
    KnownGenerators.noteForged(name, null);
    assertThat(KnownGenerators.trusted(type)).isFalse();
  }

  private final OpenLoader loader = new OpenLoader();

  /** Returns what {@link #recognise} finds when a generated class of that name calls it. */
  private String recognisedBy(String name, @Nullable ProtectionDomain domain) throws Exception {
    RECOGNISED.clear();
    made(name, domain, "recognise").get();
    return RECOGNISED.get(0);
  }

  /** Generates a class of that name that calls this method. */
  private Supplier<?> made(String name, @Nullable ProtectionDomain domain, String called)
      throws Exception {
    byte[] bytes =
        new ByteBuddy()
            .subclass(Object.class)
            .name(name)
            .implement(Supplier.class)
            .method(ElementMatchers.named("get"))
            .intercept(
                MethodCall.invoke(KnownGeneratorsTest.class.getMethod(called))
                    .andThen(FixedValue.nullValue()))
            .make()
            .getBytes();
    return (Supplier<?>) loader.define(name, bytes, domain).getDeclaredConstructor().newInstance();
  }

  private static final class OpenLoader extends ClassLoader {
    OpenLoader() {
      super(KnownGeneratorsTest.class.getClassLoader());
    }

    Class<?> define(String name, byte[] bytes, @Nullable ProtectionDomain domain) {
      return defineClass(name, bytes, 0, bytes.length, domain);
    }
  }
}

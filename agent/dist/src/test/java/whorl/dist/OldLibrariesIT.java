package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.OldLibraries;
import whorl.evidence.EventLine;

/**
 * Published holes in versions that are on Maven Central, and each engine for scripts and
 * expressions, in a child JVM of its own: what came in is an event with the stack that shows
 * through which library.
 */
class OldLibrariesIT {
  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(OldLibrariesIT.class);
  }

  private Seen attack(Jdk jdk, String attack, String ldap) throws Exception {
    ChildJvm jvm =
        new ChildJvm(jdk.home())
            .withOldLibraries()
            .option("-Dattack=" + attack)
            .option("-Dldap=" + ldap);
    Kept.Run run = new Kept(folder).run(jvm, OldLibraries.class);
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    assertThat(run.outcome().exitStatus()).as(run.outcome().err()).isZero();
    return new Seen(Kept.events(run.evidence()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void log4jCore2_14_looksUpWhatIsLogged(Jdk jdk) throws Exception {
    try (LdapAnswer ldap = new LdapAnswer()) {
      String url = "ldap://127.0.0.1:" + ldap.port() + "/x";

      Seen seen = attack(jdk, "log4j", url);

      EventLine lookup = seen.one("whorl.JndiLookup", Map.of("name", url));
      assertThat(lookup.stack())
          .anyMatch(frame -> frame.contains("org.apache.logging.log4j.core.lookup.JndiLookup"));
      seen.one(
          "whorl.JndiAnswer",
          Map.of("factory", LdapAnswer.FACTORY, "codebase", LdapAnswer.CODEBASE));
      seen.alert("Remote JNDI Lookup");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void commonsCollections3_2_1_chainStartsAProgram(Jdk jdk) throws Exception {
    Seen seen = attack(jdk, "collections", "");

    EventLine root =
        seen.one("whorl.Deserialization", Map.of("type", "java.util.HashSet", "gadget", false));
    EventLine gadget =
        seen.one(
            "whorl.Deserialization",
            Map.of(
                "type",
                "org.apache.commons.collections.functors.InvokerTransformer",
                "gadget",
                true));
    EventLine reached =
        seen.one("whorl.Reflection", Map.of("className", "java.lang.Runtime", "by", "functor"));
    EventLine started = seen.one("whorl.ProcessStart", Map.of("command", "/bin/true chained"));
    assertThat(started.stack())
        .anyMatch(frame -> frame.contains("InvokerTransformer.transform"))
        .anyMatch(frame -> frame.contains("java.io.ObjectInputStream.readObject"));
    assertThat(
            new long[] {root.sequence(), gadget.sequence(), reached.sequence(), started.sequence()})
        .isSorted();
    seen.alert("Deserialization of a Known Gadget Class");
    seen.alert("Process Started by the Application");
    seen.alert("Expression or Object Stream Reached for a Dangerous Class");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void springExpression5_3_injectedExpressionStartsAProgram(Jdk jdk) throws Exception {
    Seen seen = attack(jdk, "spel", "");

    EventLine eval =
        seen.one(
            "whorl.ScriptEval",
            Map.of(
                "engine", "spel", "source", "new java.lang.ProcessBuilder({'/bin/true'}).start()"));
    assertThat(eval.stack()).anyMatch(frame -> frame.contains("OldLibraries.spel"));
    seen.one("whorl.Reflection", Map.of("className", "java.lang.ProcessBuilder", "by", "spel"));
    EventLine started = seen.one("whorl.ProcessStart", Map.of("command", "/bin/true"));
    assertThat(started.stack())
        .anyMatch(frame -> frame.contains("org.springframework.expression.spel"));
    assertThat(started.sequence()).isGreaterThan(eval.sequence());
    seen.alert("Expression or Object Stream Reached for a Dangerous Class");
    seen.alert("Process Started by the Application");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void floodOfExpressions_doesNotHideTheAttack(Jdk jdk) throws Exception {
    Seen seen = attack(jdk, "spel-flood", "");

    seen.one(
        "whorl.ScriptEval",
        Map.of("source", "T(java.lang.Runtime).getRuntime().exec('/bin/true')"));
    assertThat(seen.count("whorl.ScriptEval", Map.of("source", "name + '!'"))).isEqualTo(1);
    assertThat(seen.count("whorl.ScriptEval", Map.of("engine", "spel"))).isLessThan(2_000);
    seen.one("whorl.Reflection", Map.of("className", "java.lang.Runtime", "by", "spel"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void ognl3_1_injectedExpressionStartsAProgram(Jdk jdk) throws Exception {
    Seen seen = attack(jdk, "ognl", "");

    seen.one(
        "whorl.ScriptEval",
        Map.of(
            "engine", "ognl", "source", "@java.lang.Runtime@getRuntime().exec('/bin/true ognl')"));
    seen.one("whorl.Reflection", Map.of("className", "java.lang.Runtime", "by", "ognl"));
    EventLine started = seen.one("whorl.ProcessStart", Map.of("command", "/bin/true ognl"));
    assertThat(started.stack()).anyMatch(frame -> frame.contains("ognl."));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void everyEngine_tellsItsSource(Jdk jdk) throws Exception {
    Seen seen = attack(jdk, "engines", "");

    evaluated(seen, "mvel", "10 + 1");
    evaluated(seen, "mvel", "10 + 2");
    evaluated(seen, "groovy", "10 + 3");
    seen.one("whorl.ScriptEval", Map.of("engine", "beanshell"));
    evaluated(seen, "nashorn", "10 + 5");
    evaluated(seen, "nashorn", "10 + 6");
    evaluated(seen, "jexl", "10 + 7");
    evaluated(seen, "jexl", "10 + 8");
    evaluated(seen, "rhino", "10 + 9");
    evaluated(seen, "el", "${11 + 0}");
    evaluated(seen, "velocity", "#set($a = 11 + 1)");
    evaluated(seen, "freemarker", "?new Execute /bin/true");
    seen.one("whorl.XmlEntity", Map.of("systemId", "file:///etc/hostname", "kind", "entity"));
    // What an engine looks up for itself, such as its own list of forbidden methods, is no
    // reaching.
    assertThat(seen.count("whorl.Reflection", Map.of())).isZero();
  }

  private static void evaluated(Seen seen, String engine, String source) {
    seen.one("whorl.ScriptEval", Map.of("engine", engine, "source", source));
    assertThat(seen.count("whorl.ScriptEval", Map.of("engine", engine, "source", source)))
        .isEqualTo(1);
  }
}

package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Entrances;
import whorl.evidence.ArtifactName;
import whorl.evidence.EventLine;

/** Each way in that the JDK itself has, taken once in a child JVM, is an event with its stack. */
class EntranceIT {
  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.installed().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void waysIn_areEventsWithStack(Jdk jdk) throws Exception {
    try (LdapAnswer ldap = new LdapAnswer()) {
      Kept.Run run =
          new Kept(folder)
              .run(new ChildJvm(jdk.home()).option("-Dldap=" + ldap.port()), Entrances.class);
      assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
      assertThat(run.outcome().exitStatus()).as(run.outcome().err()).isZero();
      assertThat(run.outcome().err().lines().filter(line -> !line.contains("Fatal Error")).toList())
          .as(run.outcome().err())
          .hasSize(1);
      Seen seen = new Seen(Kept.events(run.evidence()));
      assertNames(seen, "ldap://127.0.0.1:" + ldap.port() + "/cn=x");
      assertStreams(seen);
      assertScripts(seen);
      assertLoaders(seen);
      assertXml(seen);
      assertRecording(run.evidence().resolve(ArtifactName.RECORDING.value()));
    }
  }

  private static void assertNames(Seen seen, String url) {
    EventLine lookup = seen.one("whorl.JndiLookup", Map.of("name", url));
    assertThat(lookup.stack()).anyMatch(frame -> frame.contains("Entrances.lookup"));
    assertThat(seen.count("whorl.JndiLookup", Map.of("name", url))).isEqualTo(1);
    EventLine entry =
        seen.one(
            "whorl.JndiAnswer",
            Map.of(
                "resolved",
                "no.such.Thing",
                "factory",
                LdapAnswer.FACTORY,
                "codebase",
                LdapAnswer.CODEBASE));
    assertThat(entry.sequence()).isGreaterThan(lookup.sequence());
    seen.one("whorl.JndiAnswer", Map.of("name", url, "resolved", "javax.naming.Reference"));
    seen.one("whorl.JndiLookup", Map.of("name", "not/here"));
    assertThat(seen.count("whorl.JndiLookup", Map.of("name", "ldap://127.0.0.1:9/cn=closed")))
        .isEqualTo(1);
    seen.alert("Remote JNDI Lookup");
  }

  private static void assertStreams(Seen seen) {
    EventLine root =
        seen.one("whorl.Deserialization", Map.of("type", "java.util.TreeMap", "gadget", false));
    assertThat(root.stack()).anyMatch(frame -> frame.contains("Entrances.read("));
    seen.none("whorl.Deserialization", Map.of("type", "java.util.ArrayList"));
    assertThat(seen.count("whorl.Deserialization", Map.of("type", "java.util.LinkedHashSet")))
        .isEqualTo(1);
    seen.one(
        "whorl.Deserialization",
        Map.of("type", "javax.management.BadAttributeValueExpException", "gadget", true));
    seen.one(
        "whorl.Deserialization",
        Map.of("type", "java.util.BitSet", "filterStatus", "REJECTED", "gadget", false));
    EventLine reached =
        seen.one(
            "whorl.Reflection",
            Map.of(
                "className", "java.lang.Runtime", "member", "getRuntime", "by", "deserialization"));
    assertThat(reached.stack()).anyMatch(frame -> frame.contains("Reaching.readObject"));
    seen.none("whorl.Reflection", Map.of("className", "java.lang.ProcessBuilder"));
    seen.alert("Deserialization of a Known Gadget Class");
  }

  private static void assertScripts(Seen seen) {
    EventLine eval = seen.one("whorl.ScriptEval", Map.of("engine", "jshell", "source", "1 + 1"));
    assertThat(eval.stack()).anyMatch(frame -> frame.contains("Entrances.scripts"));
    assertThat(seen.count("whorl.ScriptEval", Map.of("engine", "jshell"))).isEqualTo(1);
  }

  private static void assertLoaders(Seen seen) {
    seen.one("whorl.LoaderCreate", Map.of("urls", List.of("http://127.0.0.1:9/evil.jar")));
    seen.one("whorl.LoaderCreate", Map.of("urls", List.of("jar:http://127.0.0.1:9/in.jar!/")));
    seen.one("whorl.LoaderCreate", Map.of("urls", List.of("https://127.0.0.1:9/later.jar")));
    assertThat(seen.count("whorl.LoaderCreate", Map.of())).isEqualTo(3);
  }

  private void assertXml(Seen seen) {
    String secret = folder.resolve("work/secret.txt").toUri().toString();
    EventLine entity = seen.one("whorl.XmlEntity", Map.of("systemId", secret, "kind", "entity"));
    assertThat(entity.stack()).anyMatch(frame -> frame.contains("Entrances.parse"));
    seen.one(
        "whorl.XmlEntity",
        Map.of("systemId", "http://127.0.0.1:9/a.dtd", "publicId", "-//p", "kind", "dtd"));
    seen.one("whorl.XmlEntity", Map.of("systemId", secret, "kind", "xinclude"));
    seen.one(
        "whorl.XmlEntity",
        Map.of(
            "systemId", folder.resolve("work/other.xml").toUri().toString(), "kind", "document()"));
    assertThat(seen.count("whorl.XmlEntity", Map.of())).isEqualTo(4);
  }

  private static void assertRecording(Path recording) throws IOException {
    List<String> types =
        RecordingFile.readAllEvents(recording).stream()
            .map(RecordedEvent::getEventType)
            .map(type -> type.getName())
            .distinct()
            .toList();
    assertThat(types)
        .contains(
            "whorl.JndiLookup",
            "whorl.JndiAnswer",
            "whorl.Deserialization",
            "whorl.ScriptEval",
            "whorl.Reflection",
            "whorl.LoaderCreate",
            "whorl.XmlEntity");
  }
}

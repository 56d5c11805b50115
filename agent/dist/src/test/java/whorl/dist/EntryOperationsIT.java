package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.EntryOperations;
import whorl.evidence.EventLine;

/**
 * What an intruder's code does, on the thread of a request and on one that the request starts: each
 * action is an event that names the request, and a rule fires.
 */
class EntryOperationsIT {
  private static final String IN_REQUEST = "Class Defined from an HTTP Request";
  private static final String IN_JDK = "Class Defined into the JDK's Own Class Loaders";
  private static final String REMOTE = "Remote JNDI Lookup";

  @TempDir Path folder;

  /**
   * One action.
   *
   * @param fields of its event; {@code %} stands for the name of the action and where it was done
   */
  private record Row(
      String deed, String type, Map<String, Object> fields, String rule, int firstJava) {
    Row(String deed, String type, Map<String, Object> fields, String rule) {
      this(deed, type, fields, rule, 17);
    }
  }

  private static final List<Row> ROWS =
      List.of(
          new Row(
              "heap-dump",
              "whorl.Tamper",
              Map.of("what", "heap-dumped"),
              "Heap Dumped by Code in the JVM"),
          new Row(
              "recording-dump",
              "whorl.Tamper",
              Map.of("what", "recording-dumped", "target", "JFR.dump"),
              ""),
          new Row(
              "native-agent",
              "whorl.AgentLoad",
              Map.of("jar", "/nowhere/lib%.so", "options", "options"),
              "Agent Loaded into the Running JVM"),
          new Row(
              "process-constructor",
              "whorl.ProcessStart",
              Map.of("command", "/bin/true %", "origin", "direct"),
              "Process Started Past the JDK's Own Method"),
          made("own-loader", "loader", IN_REQUEST),
          made("forged-source", "forged-source", IN_REQUEST),
          made("forged-nowhere", "forged-source", IN_REQUEST),
          made("app-loader", "reflection", IN_REQUEST),
          made("platform-loader", "reflection", IN_JDK),
          made("boot-loader", "reflection", IN_JDK),
          made("define-one", "reflection", IN_REQUEST),
          new Row("lookup", "whorl.ClassDefine", Map.of("origin", "lookup"), IN_REQUEST),
          new Row("hidden", "whorl.ClassDefine", Map.of("origin", "hidden"), IN_REQUEST),
          made("inner-unsafe", "unsafe", IN_JDK),
          new Row("inner-hidden", "whorl.ClassDefine", Map.of("origin", "hidden"), IN_REQUEST),
          lookedUp("jndi-search"),
          lookedUp("jndi-attributes"),
          lookedUp("jndi-list"),
          lookedUp("jndi-link"),
          lookedUp("jndi-name"),
          new Row(
              "jndi-provider",
              "whorl.JndiLookup",
              Map.of("name", "ldap://127.0.0.1:9/%"),
              "Directory Opened for a Request"),
          new Row("rmi-registry", "whorl.JndiLookup", Map.of("name", "rmi://127.0.0.2:9"), REMOTE),
          new Row(
              "symbol",
              "whorl.NativeSymbol",
              Map.of("symbol", "system"),
              "Native Function that Runs Programs or Loads Code",
              21));

  private static Row made(String deed, String origin, String rule) {
    return new Row(deed, "whorl.ClassDefine", Map.of("className", "%", "origin", origin), rule);
  }

  private static Row lookedUp(String deed) {
    return new Row(deed, "whorl.JndiLookup", Map.of("name", "ldap://127.0.0.1:9/%"), REMOTE);
  }

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(EntryOperationsIT.class);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void deedsOfARequestAndOfItsThreads_areEventsAndAlerts(Jdk jdk) throws Exception {
    ChildJvm jvm =
        new ChildJvm(jdk.home())
            .option("--add-opens", "java.base/java.lang=ALL-UNNAMED")
            .option("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED")
            .option("--add-opens", "java.base/jdk.internal.access=ALL-UNNAMED")
            .option("-Dwhorl.capture.after=30s")
            .option("-Dwhorl.capture.cooldown=300s");

    Kept.Run run = new Kept(folder).run(jvm, EntryOperations.class);

    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();
    Seen seen = new Seen(Kept.events(run.evidence()));
    List<String> places = new ArrayList<>(List.of("own", "started"));
    if (jdk.feature() >= 21) {
      places.add("virtual");
    }
    List<String> missing = new ArrayList<>();
    for (Row row : ROWS) {
      for (String place : jdk.feature() < row.firstJava() ? List.<String>of() : places) {
        if (!isThere(seen, row, place)) {
          missing.add(place + "/" + row.deed());
        } else if (!row.rule().isEmpty() && !alerted(seen, row, place)) {
          missing.add(place + "/" + row.deed() + " → " + row.rule());
        }
      }
    }
    assertThat(missing).as(run.outcome().out() + run.outcome().err()).isEmpty();
    seen.one("whorl.ProcessStart", Map.of("command", "/bin/sleep 30", "origin", "unseen"));
    seen.none("whorl.ProcessStart", Map.of("command", "/bin/true asked-by-a-hook"));
    assertThat(seen.count("whorl.ProcessStart", Map.of("origin", "unseen"))).isEqualTo(1);
  }

  private static boolean isThere(Seen seen, Row row, String place) {
    String unique = row.deed() + "-" + place;
    return seen.events().stream()
        .filter(event -> event.type().equals(row.type()))
        .filter(
            event -> ("/" + place + "/" + row.deed()).equals(event.fields().get("request.path")))
        .anyMatch(event -> has(event, row.fields(), unique));
  }

  private static boolean has(EventLine event, Map<String, Object> fields, String unique) {
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      String name = field.getKey().equals("className") ? unique.replace('-', '_') : unique;
      String expected = field.getValue().toString().replace("%", name);
      if (!expected.equals(String.valueOf(event.fields().get(field.getKey())))) {
        return false;
      }
    }
    return true;
  }

  private static boolean alerted(Seen seen, Row row, String place) {
    String path = "/" + place + "/" + row.deed();
    return seen.count("whorl.Alert", Map.of("title", row.rule(), "request.path", path)) > 0;
  }
}

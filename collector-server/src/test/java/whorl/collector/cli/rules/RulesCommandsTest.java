package whorl.collector.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.event.AgentEvent;
import whorl.evidence.Json;

final class RulesCommandsTest {
  private static final String RULE =
      """
      title: Shadow read
      id: 11111111-2222-4333-8444-555555555555
      level: high
      logsource: {product: jvm, category: file_event}
      detection:
        selection:
          path: /etc/shadow
          created: false
          stack|contains: org.junit
        condition: selection
      """;
  private static final String DESERIALIZED =
      """
      title: List deserialized
      id: 11111111-2222-4333-8444-666666666666
      level: low
      logsource: {product: jvm, category: deserialization}
      detection:
        selection:
          type: java.util.ArrayList
        condition: selection
      """;
  private static final String NAME =
      """
      title: Address looked up
      id: 11111111-2222-4333-8444-777777777777
      level: medium
      logsource: {product: jvm, category: dns_query}
      detection:
        selection:
          addresses: 10.0.0.2
        condition: selection
      """;

  @Name("whorl.FileOpen")
  static final class FileOpen extends Event {
    String path;
    String access;
    boolean created;
    String requestId = "r1";
  }

  @Name("whorl.HttpRequest")
  static final class HttpRequest extends Event {
    String requestId = "r1";
    String method = "GET";
    String path = "/invoices";
    String remoteAddress = "10.0.0.9";
  }

  @Name("whorl.DnsLookup")
  @StackTrace(false)
  static final class DnsLookup extends Event {
    String host;
    String addresses;
    String requestId = "r1";
  }

  @Name("whorl.Console")
  @StackTrace(false)
  static final class Console extends Event {
    String stream = "err";
    String line = "c.s.Shop - com.sun.BadThingException: no";
  }

  @TempDir private static Path folder;
  private static Path recording;
  private final CliRun cli = new CliRun();

  /** Unregisters the types: other tests check all existing types. */
  @AfterAll
  static void unregister() {
    FlightRecorder.unregister(FileOpen.class);
    FlightRecorder.unregister(HttpRequest.class);
    FlightRecorder.unregister(DnsLookup.class);
    FlightRecorder.unregister(Console.class);
  }

  @BeforeAll
  static void record() throws Exception {
    for (Class<? extends Event> type :
        List.of(FileOpen.class, HttpRequest.class, DnsLookup.class, Console.class)) {
      FlightRecorder.register(type); // again, if this class runs twice in one JVM
    }
    recording = folder.resolve("shop.jfr");
    try (Recording running = new Recording()) {
      running.enable("jdk.Deserialization");
      running.enable(FileOpen.class);
      running.enable(DnsLookup.class);
      running.enable(HttpRequest.class);
      running.enable(Console.class);
      running.start();
      open("/etc/shadow");
      open("/etc/hosts");
      DnsLookup lookup = new DnsLookup();
      lookup.host = "db";
      lookup.addresses = "10.0.0.1, 10.0.0.2";
      lookup.commit();
      new HttpRequest().commit();
      new Console().commit();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(new ArrayList<>(List.of("a")));
      }
      new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
      running.stop();
      running.dump(recording);
    }
  }

  private static void open(String path) {
    FileOpen event = new FileOpen();
    event.path = path;
    event.access = "read";
    event.commit();
  }

  private static String rule(String name, String yaml) throws IOException {
    return Files.writeString(folder.resolve(name), yaml).toString();
  }

  @Test
  void test_reportsMatchesWithTimeAndPlace() throws Exception {
    int status = cli.run("rules", "test", "--recording=" + recording, rule("shadow.yml", RULE));

    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out().lines()).hasSize(2);
    assertThat(cli.out().lines().toList().get(1))
        .matches(
            "Shadow read\thigh\t20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"
                + "\twhorl\\.FileOpen\tpath=/etc/shadow access=read created=false"
                + " request\\.id=r1.*");
    assertThat(cli.err()).contains("whorl: 1 firing of 1 rule in ");
  }

  @Test
  void test_jdkEventsAndLists_areReadAsByTheAgent() throws Exception {
    int status =
        cli.run(
            "rules",
            "test",
            "--json",
            "--recording=" + recording,
            rule("lists.yml", DESERIALIZED + "---\n" + NAME));

    assertThat(status).isEqualTo(ExitStatus.DONE);
    JsonNode firings = Json.MAPPER.readTree(cli.out()).at("/firings");
    assertThat(firings.findValuesAsText("title"))
        .containsOnly("Address looked up", "List deserialized");
    assertThat(firings.at("/0/event/fields/addresses/1").asText()).isEqualTo("10.0.0.2");
  }

  @Test
  void test_rulesOfOthers_readConsoleAndRequests() throws Exception {
    String others =
        "title: Bad line\nlogsource: {product: jvm, category: application}\n"
            + "detection: {k: ['BadThingException'], condition: k}\n---\n"
            + "title: Bad page\nlogsource: {category: webserver}\n"
            + "detection: {s: {cs-uri-query|contains: /invoices, cs-method: GET}, condition: s}\n";

    int status =
        cli.run("rules", "test", "--json", "--recording=" + recording, rule("others.yml", others));

    assertThat(status).isEqualTo(ExitStatus.DONE);
    JsonNode counts = Json.MAPPER.readTree(cli.out()).at("/counts");
    assertThat(counts.at("/Bad line").asInt()).isEqualTo(1);
    assertThat(counts.at("/Bad page").asInt()).isEqualTo(1);
  }

  @Test
  void test_withoutFiles_usesTheBuiltInRules() {
    assertThat(cli.run("rules", "test", "--json", "--recording=" + recording))
        .isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("/etc/shadow");
  }

  @Test
  void test_correlations_areAppliedInTimeOrder_andBaseRulesAreSilent() throws Exception {
    String two =
        "title: Looked up\nname: looked_up\nlogsource: {product: jvm, category: dns_query}\n"
            + "detection: {s: {host: db}, condition: s}\n---\n"
            + "title: Read\nname: read\nlogsource: {product: jvm, category: file_event}\n"
            + "detection: {s: {path: /etc/shadow}, condition: s}\n---\n"
            + "title: Read, then looked up\ncorrelation:\n  type: temporal_ordered\n"
            + "  rules: [read, looked_up]\n  timespan: 1m\n  group-by: [request.id]\n";

    int status =
        cli.run("rules", "test", "--json", "--recording=" + recording, rule("two.yml", two));

    assertThat(status).isEqualTo(ExitStatus.DONE);
    JsonNode answer = Json.MAPPER.readTree(cli.out());
    assertThat(answer.at("/firings").findValuesAsText("title"))
        .containsExactly("Read, then looked up");
    assertThat(answer.at("/counts/Read, then looked up").asInt()).isEqualTo(1);
    assertThat(answer.at("/firings/0/restsOn")).hasSize(2);
    assertThat(answer.at("/firings/0/event/fields/request.path").asText()).isEqualTo("/invoices");
    assertThat(cli.err()).contains("1 firing of 3 rules");
  }

  @Test
  void test_requestsOfEvents_areJoinedFromTheRequestsOfTheRecording() throws Exception {
    String byPath =
        RULE.replace("created: false", "request.path: /invoices")
            .replace("stack|contains: org.junit", "request.remoteAddress: 10.0.0.9");

    assertThat(cli.run("rules", "test", "--recording=" + recording, rule("path.yml", byPath)))
        .isEqualTo(ExitStatus.DONE);
  }

  @Test
  void check_correlations_areListedWithTheirRules() throws Exception {
    String text =
        RULE
            + "name: shadow\n---\ntitle: Twice\ncorrelation: {type: event_count, rules: [shadow],"
            + " timespan: 1m, condition: {gte: 2}}\n";

    assertThat(cli.run("rules", "check", rule("twice.yml", text))).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("Twice").contains("Shadow read");
  }

  @Test
  void test_noMatch_exitsFour() throws Exception {
    String quiet = rule("quiet.yml", RULE.replace("/etc/shadow", "/nowhere"));
    assertThat(cli.run("rules", "test", "--recording=" + recording, quiet))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err()).contains("0 firings of 1 rule");
  }

  @Test
  void test_noRuleLoads_isAFailure() throws Exception {
    String senseless = rule("senseless.yml", RULE.replace("condition: selection", "condition: x"));
    assertThat(cli.run("rules", "test", "--recording=" + recording, senseless))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("senseless.yml", "no rule could be loaded");
  }

  @Test
  void test_damagedRecordings_areReported() throws Exception {
    byte[] whole = Files.readAllBytes(recording);
    Path damaged = folder.resolve("damaged.jfr");
    for (int at : new int[] {0, 68, whole.length / 2, whole.length - 200}) {
      byte[] bytes = whole.clone();
      for (int i = at; i < Math.min(bytes.length, at + 60); i++) {
        bytes[i] = (byte) 0xff;
      }
      Files.write(damaged, bytes);
      CliRun run = new CliRun();
      int status = run.run("rules", "test", "--recording=" + damaged, rule("r.yml", RULE));
      assertThat(run.err()).as("damaged at " + at).doesNotContain("defect");
      assertThat(status).isBetween(ExitStatus.DONE, ExitStatus.NOTHING_MATCHED);
    }
    Files.write(damaged, new byte[] {1, 2, 3});
    assertThat(cli.run("rules", "test", "--recording=" + damaged, rule("r.yml", RULE)))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("cannot read " + damaged + " as a recording");
  }

  @Test
  void test_withoutRecording_isWrongUsage() {
    assertThat(cli.run("rules", "test")).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(cli.run("rules", "test", "--recording=" + folder.resolve("absent.jfr")))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("--recording", "absent.jfr: no such file");
  }

  /** Agents have the built-in rules as well. */
  @Test
  void check_correlationOfABuiltInRule_isGood_andACopyWithItsIdIsNot() throws Exception {
    String correlation =
        """
        title: Shadow read, then a process
        id: 11111111-2222-4333-8444-888888888888
        level: critical
        correlation:
          type: temporal_ordered
          rules:
            - 11111111-2222-4333-8444-555555555555
            - aa0baaec-3caa-403d-a87b-e72aec727371
          group-by: [thread]
          timespan: 1m
        """;
    String both = rule("with-built-in.yml", RULE + "---\n" + correlation);

    assertThat(cli.run("rules", "check", both)).as(cli.out()).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("Shadow read, then a process").doesNotContain("Miner");

    String copy = RULE.replaceFirst("id: .*", "id: aa0baaec-3caa-403d-a87b-e72aec727371");
    assertThat(cli.run("rules", "check", rule("copy.yml", copy))).isEqualTo(ExitStatus.FAILED);
    assertThat(cli.out()).contains("is that of 'Process Started by the Application' already");
  }

  @Test
  void check_goodRules_areListed() throws Exception {
    assertThat(cli.run("rules", "check", rule("good.yml", RULE))).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out())
        .contains("high", "Shadow read", "whorl.FileOpen", "11111111-2222-4333-8444-555555555555");
  }

  @Test
  void check_ineffectiveRule_isNamedAndTheOthersLoad() throws Exception {
    String file = rule("two.yml", RULE.replace("path:", "paht:") + "---\n" + NAME);
    assertThat(cli.run("rules", "check", "--json", file)).isEqualTo(ExitStatus.FAILED);
    JsonNode result = Json.MAPPER.readTree(cli.out());
    assertThat(result.at("/rules/0/title").asText()).isEqualTo("Address looked up");
    assertThat(result.at("/problems/0").asText()).contains("two.yml", "paht");
  }

  @Test
  void check_absentFile_isAFailure() {
    assertThat(cli.run("rules", "check", folder.resolve("absent.yml").toString()))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.out()).contains("problem: ", "absent.yml");
  }

  @Test
  void recordedEvents_keepTimeThreadAndStack() throws Exception {
    List<AgentEvent> events = new ArrayList<>();
    long count = new RecordedEvents(recording).read(events::add);

    assertThat(events).hasSize((int) count);
    AgentEvent opened =
        events.stream().filter(e -> "/etc/shadow".equals(e.value(0))).findFirst().orElseThrow();
    assertThat(opened.thread()).isEqualTo(Thread.currentThread().getName());
    assertThat(opened.value(1)).isEqualTo("read");
    assertThat(opened.value(2)).isEqualTo(false);
    assertThat(opened.stack()).isNotEmpty();
  }
}

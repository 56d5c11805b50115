package whorl.collector.cli.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.FakeCollector.Answer;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;

final class JournalFollowerTest {
  private static final String ONE = "GET /api/v1/agents/agent-0001/journal";
  private static final String TWO = "GET /api/v1/agents/agent-0002/journal";
  private static final Answer NOTHING = Answer.json(200, "{'events':[]}");

  private FakeCollector collector;
  private final CliRun cli = new CliRun();
  private final AtomicReference<Thread> running = new AtomicReference<>();

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  @Test
  void events_areShownLive_afterTheLastOnes() {
    collector.on(
        ONE, page(event(7, 1, "whorl.FileOpen", "/a")), page(event(8, 2, "x.Y", "/b")), NOTHING);

    List<String> lines = follow(2, "--agent", "agent-0001");

    assertThat(lines.get(0))
        .isEqualTo("2026-11-25 09:35:01.000Z  whorl.FileOpen  path=/a  [http-1]");
    assertThat(lines.get(1)).contains("x.Y");
    assertThat(collector.requests.get(0).uri()).endsWith("/journal?tail=20");
    assertThat(collector.requests.get(1).uri()).contains("since=7");
    assertThat(collector.requests.get(2).uri()).contains("since=8");
  }

  @Test
  void unreachableCollector_isWaitedFor() {
    collector.on(
        ONE,
        page(event(1, 1, "x.Y", "/a")),
        Answer.json(503, "{'title':'busy','status':503,'detail':'too many'}"),
        Answer.broken(new byte[100], 10),
        page(event(2, 2, "x.Y", "/b")),
        NOTHING);

    List<String> lines = follow(2, "--agent", "agent-0001");

    assertThat(lines.get(1)).contains("/b");
    assertThat(cli.err()).contains("trying again", "the collector answers again");
  }

  @Test
  void severalAgents_areMergedByTime() {
    collector.on("GET /api/v1/agents", agents());
    collector.on(ONE, page(event(1, 10, "x.Y", "/a"), event(2, 40, "x.Y", "/d")), NOTHING);
    collector.on(TWO, page(event(1, 20, "x.Y", "/b")), page(event(2, 30, "x.Y", "/c")), NOTHING);

    List<String> lines = follow(4, "--service", "shop");

    assertThat(lines)
        .extracting(line -> line.replaceAll(".*path=/(.).*", "$1"))
        .containsExactly("a", "b", "c", "d");
    assertThat(lines).allMatch(line -> line.contains("  shop  "));
  }

  @Test
  void filters_applyToLiveEvents_andNdjsonIsForPrograms() throws Exception {
    collector.on(
        ONE,
        page(
            event(1, 1, "whorl.FileOpen", "/ETC/passwd"),
            event(2, 2, "whorl.FileOpen", "/tmp"),
            event(3, 3, "whorl.DnsLookup", "/etc/passwd")),
        NOTHING);

    List<String> lines =
        follow(
            1,
            "--agent",
            "agent-0001",
            "--type",
            "whorl.File*",
            "--grep",
            "PASSWD etc",
            "--format",
            "ndjson");

    assertThat(lines).hasSize(1);
    assertThat(Json.MAPPER.readTree(lines.get(0)).at("/fields/path").asText())
        .isEqualTo("/ETC/passwd");
    assertThat(Json.MAPPER.readTree(lines.get(0)).get("agent").asText()).isEqualTo("agent-0001");
  }

  @Test
  void unknownAgent_endsTheCommand() {
    assertThat(cli.run(collector, "timeline", "--follow", "--agent", "agent-0009"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
  }

  @Test
  void controlC_endsWithStatus0() throws Exception {
    collector.on(ONE, page(event(1, 1, "x.Y", "/a")), NOTHING);
    Process whorl =
        new ProcessBuilder(
                // background test runs ignore the signal, and so would their child processes
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "whorl.collector.Main",
                "timeline",
                "--follow",
                "--agent",
                "agent-0001",
                "--url",
                collector.url())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(whorl.inputReader().readLine()).contains("x.Y");
      new ProcessBuilder("kill", "-INT", Long.toString(whorl.pid())).start().waitFor();

      assertThat(whorl.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(whorl.exitValue()).isZero();
    } finally {
      whorl.destroyForcibly();
    }
  }

  /** Runs until there are this many lines, then interrupts as Ctrl-C would. */
  private List<String> follow(int lines, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "timeline";
    all[1] = "--follow";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread thread = new Thread(() -> status.complete(cli.run(collector, all)));
    running.set(thread);
    thread.start();
    await().atMost(Duration.ofSeconds(20)).until(() -> cli.out().lines().count() >= lines);
    int requests = collector.requests.size();
    await().atMost(Duration.ofSeconds(20)).until(() -> collector.requests.size() > requests);
    thread.interrupt();
    assertThat(status.completeOnTimeout(-1, 20, TimeUnit.SECONDS).join())
        .isEqualTo(ExitStatus.DONE);
    return cli.out().lines().toList();
  }

  private static String agents() {
    return "{'agents':[{'id':'agent-0001','service':'shop','connected':true},"
        + "{'id':'agent-0002','service':'shop','connected':true}]}";
  }

  private static Answer page(String... events) {
    return Answer.json(200, "{'events':[" + String.join(",", events) + "]}");
  }

  private static String event(long sequence, int second, String type, String path) {
    return "{'sequence':%d,'time':'2026-11-25T09:35:%02dZ','type':'%s','fields':{'path':'%s'},'thread':'http-1'}"
        .formatted(sequence, second, type, path);
  }
}

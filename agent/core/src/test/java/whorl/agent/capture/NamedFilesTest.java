package whorl.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.capture.files.FilesSource;
import whorl.agent.capture.kernel.ProcFs;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Files that alerts and recent writes name are captured first, wherever they are. */
class NamedFilesTest {
  private static final ArtifactName INDEX = new ArtifactName("files.ndjson");
  private static final ArtifactName LATER = new ArtifactName("files-later.ndjson");

  @TempDir Path folder;
  private final List<Alert> joined = new ArrayList<>();
  private final List<AgentEvent> events = new ArrayList<>();
  private Set<Path> secrets = Set.of();
  private final RecordedOutput out = new RecordedOutput();

  @Test
  void fileOfTheAlert_isCapturedBeforeTheWalk() throws Exception {
    Path page = write("webapps/ROOT/shell.jsp", "<% %>");
    files(Instant.now().minusSeconds(3_600))
        .collect(
            context("whorl.FileOpen", Map.of("path", page.toString(), "access", "write")), out);

    List<String> order = List.copyOf(out.artifacts.keySet());
    String content = "files/" + Digest.of("<% %>".getBytes(StandardCharsets.UTF_8)).hex();
    assertThat(order.indexOf(content)).isNotNegative().isLessThan(order.indexOf("files.body"));
    assertThat(out.lines(INDEX).get(0).get("path").asText()).isEqualTo(page.toString());
    assertThat(out.lines(INDEX).get(0).get("kept").asBoolean()).isTrue();
    assertThat(out.text(new ArtifactName("files.body")).lines().toList().get(0))
        .startsWith("0|" + page + "|");
    assertThat(out.text(new ArtifactName("files.body")).split("\\Q|" + page + "|\\E"))
        .as("listed once")
        .hasSize(2);
  }

  @Test
  void fileOfAnAlertThatJoinsLater_isCapturedAfterTheAftermath() throws Exception {
    Path page = write("a.jsp", "a");
    FilesSource files = files(Instant.now());
    CaptureContext context =
        context("whorl.FileOpen", Map.of("path", page.toString(), "access", "write"));
    files.collect(context, out);
    Path jar = write("tool.jar", "jar");
    joined.add(alert("whorl.AgentLoad", Map.of("jar", jar.toString())));
    files.later().collect(context, out);

    assertThat(out.lines(LATER)).hasSize(1);
    assertThat(out.lines(LATER).get(0).get("path").asText()).isEqualTo(jar.toString());
    assertThat(out.artifacts).containsKey("files/" + sha256("jar"));
    assertThat(out.text(new ArtifactName("files-later.body"))).contains(jar.toString());
  }

  @Test
  void nothingMoreNamed_createsNoLaterArtifact() throws Exception {
    FilesSource files = files(Instant.now());
    CaptureContext context = context("whorl.FileOpen", Map.of("path", "/nowhere/at-all"));
    files.collect(context, out);
    files.later().collect(context, out);

    assertThat(out.artifacts).doesNotContainKey(LATER.value());
    assertThat(line("/nowhere/at-all").get("reason").asText()).contains("not there any more");
  }

  @Test
  void fileOlderThanTheJvm_isCapturedIfItProvidesCode_elseHashed() throws Exception {
    Path jar = write("agent.jar", "agent");
    Path secret = write("secret.key", "secret");
    joined.add(alert("whorl.FileOpen", Map.of("path", secret.toString(), "access", "read")));
    files(Instant.now().plus(Duration.ofHours(1)))
        .collect(
            context("whorl.LoaderCreate", Map.of("urls", List.of(jar.toUri().toString()))), out);

    assertThat(line(jar.toString()).get("why").asText()).isEqualTo("named");
    assertThat(line(jar.toString()).get("kept").asBoolean()).isTrue();
    assertThat(line(secret.toString()).get("why").asText()).isEqualTo("looked-at");
    assertThat(line(secret.toString()).get("kept").asBoolean()).isFalse();
    assertThat(line(secret.toString()).get("sha256").asText()).isEqualTo(sha256("secret"));
    assertThat(out.artifacts).doesNotContainKey("files/" + sha256("secret"));
  }

  @Test
  void programAndScriptsOfACommandLine_areCaptured() throws Exception {
    Path tool = write("bin/tool", "ELF");
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path script = write("run.sh", "id");
    Path data = write("data.txt", "data");
    String command = tool + " -c '" + script + "' < data.txt no-such.file";
    files(Instant.now().plus(Duration.ofHours(1)))
        .collect(
            context(
                "whorl.ProcessStart", Map.of("command", command, "directory", folder.toString())),
            out);

    assertThat(line(tool.toString()).get("kept").asBoolean()).isTrue();
    assertThat(line(script.toString()).get("kept").asBoolean()).isTrue();
    assertThat(line(data.toString()).get("kept").asBoolean()).isFalse();
    assertThat(out.lines(INDEX)).noneMatch(line -> line.get("path").asText().contains("no-such"));
  }

  @Test
  void programWithoutAPath_isFoundInPath() throws Exception {
    files(Instant.now().plus(Duration.ofHours(1)))
        .collect(context("whorl.ProcessStart", Map.of("command", "ls -l")), out);

    assertThat(out.lines(INDEX).get(0).get("path").asText()).endsWith("/ls");
  }

  @Test
  void recentlyWrittenFile_isCapturedWithoutAnAlert() throws Exception {
    Path dropped = write("dropped", "dropped");
    events.add(event(EventType.FILE_OPEN, dropped.toString(), "write", true, false));
    events.add(event(EventType.FILE_OPEN, write("read", "read").toString(), "read"));
    files(Instant.now().minusSeconds(3_600))
        .collect(context("whorl.HttpRequest", Map.of("path", dropped.toString())), out);

    List<String> order = List.copyOf(out.artifacts.keySet());
    assertThat(order.indexOf("files/" + sha256("dropped")))
        .isNotNegative()
        .isLessThan(order.indexOf("files.body"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hsperfdata_app/4711",
        "whorl-spool/whorl-spool-1/run.sh",
        "whorl-life-1.properties",
        "2026_12_01_09_00_00_7/2026_12_01_09_00_01.jfr",
        ".attach_pid7"
      })
  void fileWithANameOfTheAgentOrTheJvm_isCapturedIfAnAlertNamesIt(String name) throws Exception {
    Path file = write(name, name);
    events.add(event(EventType.FILE_OPEN, file.toString(), "write", true, false));
    FilesSource files = files(Instant.now());
    CaptureContext context = context("whorl.HttpRequest", Map.of());
    files.collect(context, out);
    assertThat(out.artifacts).doesNotContainKey("files/" + sha256(name));

    joined.add(alert("whorl.FileMode", Map.of("path", file.toString())));
    files.later().collect(context, out);
    assertThat(out.artifacts).containsKey("files/" + sha256(name));
  }

  @Test
  void fileInAFolderOfTheJvmsName_isCapturedWithoutAnAlert() throws Exception {
    Path page = write("hsperfdata_app/shell.jsp", "page");
    events.add(event(EventType.FILE_OPEN, page.toString(), "write", true, false));
    files(Instant.now().minusSeconds(3_600)).collect(context("whorl.HttpRequest", Map.of()), out);

    assertThat(out.artifacts).containsKey("files/" + sha256("page"));
  }

  @Test
  void pathsOfRequestsAndRegistrations_areNotTakenForFiles() throws Exception {
    Path page = write("page.jsp", "page");
    joined.add(alert("whorl.Registration", Map.of("target", page.toString())));
    files(Instant.now().plus(Duration.ofHours(1)))
        .collect(
            context(
                "whorl.ClassDefine", Map.of("className", "x.Y", "request.path", page.toString())),
            out);

    assertThat(out.lines(INDEX)).noneMatch(line -> line.get("path").asText().equals("" + page));
  }

  @Test
  void secretFile_byAnotherName_isOnlyHashed() throws Exception {
    Path token = write("secrets/token", "whorl_agent_token");
    Path link = Files.createSymbolicLink(folder.resolve("link"), token.getParent());
    Path throughLink = link.resolve("token");
    joined.add(alert("whorl.FileOpen", Map.of("path", token.toString(), "access", "write")));
    for (Path secret : List.of(token, throughLink)) {
      secrets = Set.of(secret);
      files(Instant.now().minusSeconds(3_600))
          .collect(
              context("whorl.FileOpen", Map.of("path", throughLink.toString(), "access", "write")),
              out);

      for (Path name : List.of(token, throughLink)) {
        assertThat(line(name.toString()).get("kept").asBoolean()).isFalse();
        assertThat(line(name.toString()).get("sha256").asText())
            .isEqualTo(sha256("whorl_agent_token"));
      }
      assertThat(out.artifacts).doesNotContainKey("files/" + sha256("whorl_agent_token"));
      out.artifacts.clear();
    }
  }

  private FilesSource files(Instant startedAt) {
    return new FilesSource(
        new ProcFs(Path.of("/")),
        Captures.CLOSED,
        new FilesSource.Circumstances(
            startedAt, Set.of(), secrets, () -> 1L << 30, () -> List.copyOf(events)));
  }

  private Path write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private CaptureContext context(String event, Map<String, Object> fields) {
    return new CaptureContext(
        Id.next(Captures.CLOCK),
        Id.next(Captures.CLOCK),
        Set.of("files"),
        alert(event, fields),
        "a test",
        Instant.now(),
        false,
        () -> List.copyOf(joined));
  }

  private static Alert alert(String event, Map<String, Object> fields) {
    Map<String, Object> all = new LinkedHashMap<>(fields);
    all.put("event", event);
    return new Alert(
        Id.next(Captures.CLOCK),
        "whorl",
        Instant.now(),
        "rule",
        Level.HIGH,
        "it fired",
        null,
        List.of(),
        all,
        "main",
        List.of());
  }

  private static AgentEvent event(EventType type, Object... values) {
    return AgentEvent.elsewhere(type, 1, 1, "main", new StackTraceElement[0], values);
  }

  private JsonNode line(String path) {
    return out.lines(INDEX).stream()
        .filter(line -> line.get("path").asText().equals(path))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + path + " in " + out.lines(INDEX)));
  }

  private static String sha256(String content) {
    return Digest.of(content.getBytes(StandardCharsets.UTF_8)).hex();
  }
}

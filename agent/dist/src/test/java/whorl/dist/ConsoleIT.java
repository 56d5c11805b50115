package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Talker;
import whorl.evidence.EventLine;
import whorl.evidence.Json;
import whorl.evidence.Manifest;

/** What a program says on its console outlives it. */
class ConsoleIT {
  @TempDir Path folder;

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(ConsoleIT.class);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void whatIsSaid_isInTheEvidence_inOrder_whateverItWentThrough(Jdk jdk) throws Exception {
    ChildJvm jvm = new ChildJvm(jdk.home()).option("-Dvirtual=" + (jdk.feature() >= 21));
    Kept.Run run = new Kept(folder).run(jvm, Talker.class);
    assertThat(run.evidence()).as(run.outcome().toString()).isNotNull();

    List<String> lines = Files.readAllLines(run.evidence().resolve("console.log"));
    assertThat(lines)
        .allMatch(line -> line.matches("[0-9T:.-]+Z\t(out|err)\t[^\t]+\t.*"))
        .noneMatch(line -> line.contains("not on the console"))
        .noneMatch(line -> line.contains("hunter2"));
    assertThat(said(lines, "out", "main"))
        .containsSubsequence(
            "by println password=***",
            "by print, piece by piece",
            "w",
            "by the stream it was before",
            "by a stream of its own, grün",
            "by a file stream",
            "by a channel",
            "the last line");
    assertThat(said(lines, "err", "main"))
        .contains("by System.err")
        .anyMatch(line -> line.contains("by java.util.logging"));
    assertThat(said(lines, "out", "talker")).containsExactly("by another thread");

    assertThat(Kept.events(run.evidence()))
        .filteredOn(event -> event.type().equals("whorl.Console"))
        .extracting(event -> event.fields().get("line"))
        .contains("by println password=***", "by print, piece by piece", "by another thread");
    assertThat(recorded(run.evidence()))
        .anyMatch(event -> "by a channel".equals(event.getString("line")))
        .noneMatch(event -> String.valueOf(event.getString("line")).contains("hunter2"));
    assertThat(run.outcome().out()).contains("by println password=hunter2\nby print, piece by");
    assertThat(run.outcome().err()).contains("by System.err");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void aMillionLines_stayWithinTheBound_areCounted_andAllPrinted(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(new ChildJvm(jdk.home()).option("-Xmx512m", "-Dflood=true"), Talker.class);
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();

    Path log = run.evidence().resolve("console.log");
    assertThat(Files.size(log)).isBetween(1L << 20, 8L << 20);
    List<String> lines = Files.readAllLines(log);
    assertThat(said(lines, "out", "main")).containsSubsequence("line 999998", "line 999999");
    Manifest manifest =
        Json.MAPPER.readValue(run.evidence().resolve("manifest.json").toFile(), Manifest.class);
    assertThat(manifest.losses().get("console.writesDropped")).isGreaterThan(900_000);
    assertThat(manifest.losses().get("console.eventsLimited")).isGreaterThan(900_000);
    assertThat(manifest.losses()).doesNotContainKey("hooks.failed");
    assertThat(run.outcome().out().lines().filter(line -> line.startsWith("line ")).count())
        .isEqualTo(1_000_000);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void consoleThatIsDisabled_isMissingWithTheReason(Jdk jdk) throws Exception {
    Kept.Run run =
        new Kept(folder)
            .run(new ChildJvm(jdk.home()).option("-Dwhorl.hooks.disabled=console"), Talker.class);
    assertThat(run.evidence()).as(run.outcome().err()).isNotNull();

    assertThat(run.evidence().resolve("console.log")).doesNotExist();
    assertThat(Files.readString(run.evidence().resolve("acquisition.log")))
        .contains("console.log could not be had, or not wholly: the hook console is disabled");
    assertThat(Kept.events(run.evidence()))
        .extracting(EventLine::type)
        .doesNotContain("whorl.Console");
  }

  private static List<String> said(List<String> lines, String stream, String thread) {
    String marker = "Z\t" + stream + "\t" + thread + "\t";
    return lines.stream()
        .filter(line -> line.contains(marker))
        .map(line -> line.substring(line.indexOf(marker) + marker.length()))
        .toList();
  }

  private static List<RecordedEvent> recorded(Path evidence) throws IOException {
    return RecordingFile.readAllEvents(evidence.resolve("recording.jfr")).stream()
        .filter(event -> event.getEventType().getName().equals("whorl.Console"))
        .toList();
  }
}

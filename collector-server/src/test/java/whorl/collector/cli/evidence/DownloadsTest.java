package whorl.collector.cli.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Digest;

final class DownloadsTest {
  private static final String ARTIFACTS = "GET /api/v1/evidence/evidence-1/artifacts/";
  private static final String BAG = "GET /api/v1/evidence/evidence-1/bag";

  private final byte[] content = new byte[300_000];
  private final byte[] nested = {1, 2, 3};
  private final CliRun cli = new CliRun();
  private FakeCollector collector;
  @TempDir private Path folder;

  @BeforeEach
  void start() throws Exception {
    new Random(1).nextBytes(content);
    collector = new FakeCollector();
    collector.on(
        "GET /api/v1/evidence/evidence-1",
        "{'id':'evidence-1','artifacts':["
            + artifact("recording.jfr", content)
            + ","
            + artifact("classes/ab12.class", nested)
            + "]}");
    collector.on(ARTIFACTS + "classes/ab12.class", FakeCollector.Answer.bytes(nested));
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private static String artifact(String name, byte[] bytes) {
    return "{'name':'%s','size':%d,'sha256':'%s','mediaType':'x/y'}"
        .formatted(name, bytes.length, Digest.of(bytes));
  }

  private int get(String... names) {
    String[] start = {"evidence", "get", "evidence-1", "--out", folder.toString()};
    return cli.run(collector, Stream.of(start, names).flatMap(Stream::of).toArray(String[]::new));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void get_withoutNames_downloadsAll() throws Exception {
    collector.on(ARTIFACTS + "recording.jfr", FakeCollector.Answer.bytes(content));

    assertThat(get()).isEqualTo(ExitStatus.DONE);

    assertThat(files()).containsExactly("classes/ab12.class", "recording.jfr");
    assertThat(folder.resolve("recording.jfr")).hasBinaryContent(content);
    assertThat(cli.out().lines())
        .containsExactly(
            folder.resolve("recording.jfr").toString(),
            folder.resolve("classes/ab12.class").toString());
    assertThat(cli.err()).contains("whorl: downloading: recording.jfr, 293.0 KiB");
  }

  @Test
  void get_connectionBreaks_resumes() {
    collector.on(
        ARTIFACTS + "recording.jfr",
        FakeCollector.Answer.broken(content, 100_000),
        FakeCollector.Answer.rest(content, 100_000));

    assertThat(get("recording.jfr")).isEqualTo(ExitStatus.DONE);

    assertThat(folder.resolve("recording.jfr")).hasBinaryContent(content);
    FakeCollector.ReceivedRequest second = collector.requests.get(2);
    assertThat(second.header("Range")).isEqualTo("bytes=100000-");
    assertThat(second.header("If-range")).isEqualTo("\"it\"");
  }

  @Test
  void get_collectorRestartsTheBody_discardsTheFirstPart() {
    byte[] otherPart = new byte[content.length];
    collector.on(
        ARTIFACTS + "recording.jfr",
        FakeCollector.Answer.broken(otherPart, 100_000),
        FakeCollector.Answer.bytes(content));

    assertThat(get("recording.jfr")).isEqualTo(ExitStatus.DONE);
    assertThat(folder.resolve("recording.jfr")).hasBinaryContent(content);
  }

  @Test
  void get_breaksWithoutProgress_isGivenUp() throws Exception {
    collector.on(ARTIFACTS + "recording.jfr", FakeCollector.Answer.broken(content, 0));

    assertThat(get("recording.jfr")).isEqualTo(ExitStatus.FAILED);

    assertThat(files()).isEmpty();
    assertThat(cli.err()).contains("cannot reach the collector at " + collector.url());
    assertThat(collector.requests.stream().filter(requests -> requests.uri().endsWith(".jfr")))
        .hasSizeGreaterThanOrEqualTo(5);
  }

  @Test
  void get_otherContent_failsVerificationAndKeepsNothing() throws Exception {
    byte[] altered = content.clone();
    altered[7] ^= 1;
    collector.on(ARTIFACTS + "recording.jfr", FakeCollector.Answer.bytes(altered));

    assertThat(get("recording.jfr")).isEqualTo(ExitStatus.VERIFICATION_FAILED);

    assertThat(files()).isEmpty();
    assertThat(cli.err())
        .contains(
            "recording.jfr: sha-256 is " + Digest.of(altered), "should be " + Digest.of(content));
  }

  /** The collector breaks off before the last piece, and does not send that either. */
  @Test
  void get_contentThatTheCollectorFindsDamaged_failsVerificationAndKeepsNothing() throws Exception {
    collector.on(
        ARTIFACTS + "recording.jfr",
        FakeCollector.Answer.broken(content, 200_000),
        FakeCollector.Answer.json(
            500, "{'title':'content is damaged','detail':'evidence evidence-1, artifact x'}"));

    assertThat(get("recording.jfr")).isEqualTo(ExitStatus.VERIFICATION_FAILED);

    assertThat(files()).isEmpty();
    assertThat(cli.err()).contains("content is damaged: evidence evidence-1, artifact x");
  }

  @Test
  void get_moreThanItsSize_isRefused() throws Exception {
    collector.on(ARTIFACTS + "classes/ab12.class", FakeCollector.Answer.bytes(new byte[2_000_000]));

    assertThat(get("classes/ab12.class")).isEqualTo(ExitStatus.VERIFICATION_FAILED);

    assertThat(files()).isEmpty();
    assertThat(cli.err()).contains("more than its 3 bytes came");
  }

  @Test
  void get_existingCompleteFile_isNotDownloadedAgain() throws Exception {
    Files.write(folder.resolve("recording.jfr"), content);

    assertThat(get("recording.jfr")).isEqualTo(ExitStatus.DONE);
    assertThat(collector.requests).hasSize(1);
  }

  @Test
  void get_existingOtherFile_isNeverOverwritten() throws Exception {
    Path place = Files.writeString(folder.resolve("recording.jfr"), "mine");
    collector.on(ARTIFACTS + "recording.jfr", FakeCollector.Answer.bytes(content));

    assertThat(get("recording.jfr")).isEqualTo(ExitStatus.FAILED);

    assertThat(place).hasContent("mine");
    assertThat(cli.err()).contains(place + " is there already");
  }

  @Test
  void get_unknownName_matchesNothing() {
    assertThat(get("heap.hprof.gz")).isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(cli.err()).contains("has no artifact heap.hprof.gz", "it has recording.jfr");
  }

  @Test
  void get_plainNameOfAnEncryptedArtifact_isExplained() {
    collector.on(
        "GET /api/v1/evidence/evidence-1",
        "{'id':'evidence-1','artifacts':[" + artifact("recording.jfr.age", content) + "]}");

    assertThat(get("recording.jfr")).isEqualTo(ExitStatus.NOTHING_MATCHED);

    assertThat(cli.err())
        .contains(
            "has recording.jfr encrypted only",
            "recording.jfr.age --out ., then: age -d -i KEYFILE");
  }

  @Test
  void bag_isVerifiedAfterTheDownload() throws Exception {
    collector.on(BAG, FakeCollector.Answer.bytes(content));

    int status = cli.run(collector, "evidence", "bag", "evidence-1", "--out", folder.toString());

    Path bag = folder.resolve("evidence-1.zip");
    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(bag).hasBinaryContent(content);
    assertThat(cli.verified).containsExactly(bag);
    assertThat(cli.out()).isEqualTo(bag + ": verified, 2 artifacts, 2.0 KiB\n");
  }

  @Test
  void bag_intoAMissingFolder_createsIt() {
    collector.on(BAG, FakeCollector.Answer.bytes(content));
    Path bags = folder.resolve("case/17");

    assertThat(cli.run(collector, "evidence", "bag", "evidence-1", "--out", bags.toString()))
        .isEqualTo(ExitStatus.DONE);

    assertThat(bags.resolve("evidence-1.zip")).hasBinaryContent(content);
  }

  @Test
  void bag_thatDoesNotVerify_isKeptAndExitsThree() {
    collector.on(BAG, FakeCollector.Answer.bytes(content));
    Path target = folder.resolve("case.zip");

    int status =
        cli.verifier(
                (path, anchors) ->
                    CliRun.report(
                        1, 2, 3, List.of("artifact a: sha-256 is b, manifest says c"), List.of()))
            .run(collector, "evidence", "bag", "evidence-1", "--out", target.toString());

    assertThat(status).isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(target).exists();
    assertThat(cli.out()).contains("NOT verified", "problem: artifact a: sha-256 is b");
  }

  @Test
  void bag_onATerminal_showsABar() {
    collector.on(BAG, FakeCollector.Answer.bytes(content));

    int status =
        cli.terminal(90, false)
            .run(collector, "evidence", "bag", "evidence-1", "--out", folder.toString());

    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("\rDownloading");
    assertThat(cli.err()).isEmpty();
  }
}

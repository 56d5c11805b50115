package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Dropper;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/** What became of the file system since the JVM began comes back, byte for byte. */
class FilesIT {
  private static final Path MACTIME = Path.of("/usr/bin/mactime");

  @TempDir Path folder;
  private String said = "";

  static Stream<Jdk> jdks() throws IOException {
    return Jdk.nextOf(FilesIT.class);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void whatWasLeftBehind_comesBackExactly(Jdk jdk) throws Exception {
    Path evidence = drop(jdk);

    assertKept(evidence, "dropped.sh", "#!/bin/sh\nid\n".getBytes(StandardCharsets.UTF_8));
    assertKept(evidence, "config.properties", "changed=true\n".getBytes(StandardCharsets.UTF_8));
    byte[] open = "deleted but open\n".getBytes(StandardCharsets.UTF_8);
    assertThat(assertKept(evidence, "open.txt", open).get("why").asText())
        .isEqualTo("deleted-open");
    byte[] page = new byte[4096];
    Arrays.fill(page, (byte) 'm');
    assertThat(assertKept(evidence, "mapped.bin", page).get("why").asText())
        .isEqualTo("mapped-gone");
    assertThat(line(evidence, "dropped.sh").get("why").asText())
        .isEqualTo(jdk.feature() >= 22 ? "created" : "changed");

    JsonNode large = line(evidence, "large.bin");
    assertThat(large.get("kept").asBoolean()).isFalse();
    assertThat(large.get("reason").asText()).startsWith("larger than");
    assertThat(large.get("sha256").asText()).isEqualTo(Digest.of(new byte[5 << 20]).hex());
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void whatIsSecretOrNoFileOrOlder_isNotRead(Jdk jdk) throws Exception {
    Path evidence = drop(jdk);

    assertThat(said).contains("locked: true\n");
    assertThat(line(evidence, "locked").get("reason").asText())
        .startsWith("the application holds a lock");
    assertThat(line(evidence, "database").get("reason").asText())
        .startsWith("the application has it open for reading and writing");
    JsonNode token = line(evidence, "token");
    assertThat(token.get("kept").asBoolean()).isFalse();
    assertThat(token.get("reason").asText()).isEqualTo("its content is secret");
    assertThat(token.get("sha256").asText())
        .isEqualTo(Digest.of("secret".getBytes(StandardCharsets.UTF_8)).hex());
    List<String> index = Files.readAllLines(evidence.resolve("files.ndjson"));
    assertThat(index)
        .noneMatch(line -> line.contains("/work/pipe\""))
        .noneMatch(line -> line.contains("/work/link\""))
        .noneMatch(line -> line.contains("whorl-spool"))
        .noneMatch(line -> line.contains("/dist/ChildJvm.class"));
    assertThat(body(evidence))
        .anyMatch(line -> line.matches("0\\|.*/work/pipe\\|[0-9]+\\|p/p.*"))
        .anyMatch(line -> line.contains("/work/link -> config.properties|"))
        .anyMatch(line -> line.contains("/whorl/dist/ChildJvm.class|"))
        .anyMatch(line -> line.contains("/work/a%7Cb%25c|"))
        .noneMatch(line -> line.startsWith("0|/proc/") || line.startsWith("0|/sys/kernel"));
    assertThat(Files.readString(evidence.resolve("acquisition.log")))
        .containsPattern("FilesSource ran for [0-9]{1,4} ms");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void bodyFile_isReadByMactime(Jdk jdk) throws Exception {
    assumeThat(MACTIME).as("The Sleuth Kit's mactime (package sleuthkit)").isExecutable();
    Path evidence = drop(jdk);

    Path out = folder.resolve("timeline.csv");
    Process mactime =
        new ProcessBuilder(
                MACTIME.toString(), "-d", "-y", "-b", evidence.resolve("files.body").toString())
            .redirectOutput(out.toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(mactime.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(mactime.exitValue()).isZero();
    String year = String.valueOf(Year.now(ZoneOffset.UTC));
    List<String> timeline;
    try (Stream<String> lines = Files.lines(out, StandardCharsets.ISO_8859_1)) {
      timeline = lines.filter(line -> line.contains("/work/")).toList();
    }
    assertThat(timeline)
        .anyMatch(
            line ->
                line.startsWith(year)
                    && line.contains("dropped.sh")
                    && line.contains("r/rrwxr-xr-x"))
        .anyMatch(line -> line.startsWith(year) && line.contains("open.txt (deleted)"));
  }

  private Path drop(Jdk jdk) throws Exception {
    Path work = Files.createDirectories(folder.resolve("work"));
    Files.writeString(work.resolve("config.properties"), "changed=false\n");
    Path token = Files.writeString(work.resolve("token"), "secret");
    Process pipe = new ProcessBuilder("mkfifo", work.resolve("pipe").toString()).start();
    assertThat(pipe.waitFor()).isZero();
    Kept.Run run =
        new Kept(folder)
            .run(
                new ChildJvm(jdk.home())
                    .option("-Djava.io.tmpdir=" + work, "-Dwhorl.collector.token-file=" + token),
                Dropper.class);
    assertThat(run.evidence()).as(run.outcome().toString()).isNotNull();
    said = run.outcome().out();
    return run.evidence();
  }

  private JsonNode assertKept(Path evidence, String name, byte[] content) throws IOException {
    JsonNode line = line(evidence, name);
    assertThat(line.get("kept").asBoolean()).as(line.toString()).isTrue();
    assertThat(evidence.resolve("files/" + line.get("sha256").asText())).hasBinaryContent(content);
    return line;
  }

  private JsonNode line(Path evidence, String name) throws IOException {
    String path = "\"path\":\"" + folder.resolve("work").resolve(name) + "\"";
    List<String> lines = Files.readAllLines(evidence.resolve("files.ndjson"));
    return Json.MAPPER.readTree(
        lines.stream()
            .filter(line -> line.contains(path))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no " + name + " in " + lines)));
  }

  private static List<String> body(Path evidence) throws IOException {
    return Files.readAllLines(evidence.resolve("files.body"));
  }
}

package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Memory runs out, and every alert captures the heap: what filled it is in the evidence. */
final class HeapOfOutOfMemoryIT {
  private static final int LIVE_MEBIBYTES = 60;
  private static final long FILLINGS_MIN = 300;

  @TempDir Path folder;

  static IntStream versions25And17() {
    return World.firstOf(25, 17);
  }

  @ParameterizedTest
  @MethodSource("versions25And17")
  void outOfMemory_withHeapAlways_bringsHeapHistogramAndThreads(int version) {
    Path javaHome = World.javaOrSkip(version);
    try (World world = new World(folder);
        HeapProcess app =
            HeapProcess.jvm(
                world,
                javaHome,
                LIVE_MEBIBYTES,
                List.of("-Xmx160m", "-XX:+UseSerialGC"),
                Snapshots.flag(world, world.jars.agent().toString(), "WHORL_HEAP", "always"))) {
      world.awaitAgent();
      Snapshots snapshots = new Snapshots(world);
      assertThat(Pinger.ask(app.port(), "/exhaust")).isEqualTo("exhausted");

      JsonNode evidence = world.awaitSealed();

      assertThat(evidence.path("alert").path("rule").asText()).isEqualTo("jvm.oom");
      assertThat(evidence.path("heap").path("path").asText())
          .as("%s", snapshots.log(evidence))
          .isEqualTo("stream");
      assertThat(snapshots.download(evidence, "histogram.txt"))
          .content()
          .contains("com.example.heap.HeapApp$Filling");
      assertThat(Snapshots.has(evidence, "threads.txt")).isTrue();
      assertThat(Snapshots.has(evidence, "recording.jfr")).isTrue();
      Path dump = snapshots.download(evidence, Snapshots.ARTIFACT);
      assertThat(Instances.byShark(Instances.unzipped(dump)).byClass())
          .hasEntrySatisfying(
              "com.example.heap.HeapApp$Filling",
              count -> assertThat(count).isGreaterThan(FILLINGS_MIN));
      world.assertVerified(evidence);
      assertThat(Pinger.ask(app.port(), "/ping")).isEqualTo("pong");
    }
  }
}

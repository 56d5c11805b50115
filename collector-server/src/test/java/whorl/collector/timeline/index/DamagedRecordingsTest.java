package whorl.collector.timeline.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.Recordings;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Id;

/** Damage to a recording is reported and costs only the damaged rows. */
@Timeout(300)
class DamagedRecordingsTest {
  @TempDir private static Path root;
  private static IndexRig rig;
  private static byte[] good;

  @BeforeAll
  static void open() throws Exception {
    good = Recordings.small(400);
    rig = new IndexRig(root);
    rig.index.start();
  }

  @AfterAll
  static void close() throws Exception {
    rig.close();
  }

  static Map<String, byte[]> damaged() throws Exception {
    Map<String, byte[]> damaged = new LinkedHashMap<>();
    damaged.put("empty", new byte[0]);
    damaged.put("text instead", "this is no recording\n".repeat(50).getBytes());
    damaged.put("header alone", Arrays.copyOf(good, 68));
    damaged.put("cut in half", Arrays.copyOf(good, good.length / 2));
    damaged.put("last byte gone", Arrays.copyOf(good, good.length - 1));
    damaged.put("chunk of negative size", with(good, 8, -5));
    damaged.put("metadata beyond the end", with(good, 24, Long.MAX_VALUE / 2));
    damaged.put("constants beyond the end", with(good, 16, Long.MAX_VALUE / 2));
    damaged.put("zeros in the middle", zeroed(good, good.length / 3, good.length / 3));
    damaged.put("noise all over", noise(good));
    damaged.put("rubbish behind", Recordings.times(good, 1, new byte[500]));
    damaged.put("second chunk damaged", Recordings.times(good, 1, with(good, 24, 1), good));
    return damaged;
  }

  static java.util.stream.Stream<String> names() throws Exception {
    return damaged().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void damage_losesOnlyItsRows_andIsReported(String name) throws Exception {
    Id evidence =
        rig.received(
            new FakeAgent()
                .with("recording.jfr", damaged().get(name))
                .with("console.log", "2026-01-02T03:04:06.5Z\tout\tmain\tstill here\n"));
    IndexStatus status = rig.indexed(evidence);

    assertThat(status.state()).isEqualTo(IndexStatus.State.READY);
    IndexStatus.Source recording =
        status.artifacts().stream()
            .filter(source -> source.name().equals("recording.jfr"))
            .findFirst()
            .orElseThrow();
    assertThat(recording.problem()).isNotNull();
    assertThat(rig.rows(TimelineQuery.of(evidence).types("console.line"))).hasSize(1);
    long recorded =
        rig.rows(TimelineQuery.of(evidence)).stream()
            .filter(row -> "recording.jfr".equals(row.text(Column.DATASET)))
            .count();
    assertThat(recorded).isEqualTo(recording.rows());
    if (name.equals("rubbish behind")) {
      assertThat(rig.rows(TimelineQuery.of(evidence).types("whorl.FileOpen"))).hasSize(400);
    }
    if (name.equals("second chunk damaged")) {
      assertThat(rig.rows(TimelineQuery.of(evidence).types("whorl.FileOpen")))
          .hasSizeGreaterThanOrEqualTo(800);
    }
  }

  private static byte[] with(byte[] recording, int offset, long value) {
    byte[] copy = recording.clone();
    ByteBuffer.wrap(copy).putLong(offset, value);
    return copy;
  }

  private static byte[] zeroed(byte[] recording, int from, int length) {
    byte[] copy = recording.clone();
    Arrays.fill(copy, from, from + length, (byte) 0);
    return copy;
  }

  private static byte[] noise(byte[] recording) {
    byte[] copy = recording.clone();
    Random random = new Random(7);
    for (int i = 0; i < copy.length / 50; i++) {
      copy[68 + random.nextInt(copy.length - 68)] = (byte) random.nextInt();
    }
    return copy;
  }
}

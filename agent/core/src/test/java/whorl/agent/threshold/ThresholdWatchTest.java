package whorl.agent.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig.Reading;
import whorl.evidence.Alert;

class ThresholdWatchTest {
  private final List<Alert> alerts = new ArrayList<>();
  private double value;
  private int reads;

  private ThresholdWatch watch(Map<Reading, Integer> limits) {
    return new ThresholdWatch(
        limits,
        reading -> {
          reads++;
          if (reading == Reading.DESCRIPTORS) {
            throw new IOException("not here");
          }
          return value;
        },
        alerts::add,
        InstantSource.system());
  }

  private void check(ThresholdWatch watch, double... values) {
    for (double each : values) {
      value = each;
      watch.check();
    }
  }

  @Test
  void readingThatStaysAtTheLimit_isOneAlert() {
    ThresholdWatch watch = watch(Map.of(Reading.HEAP, 90));

    check(watch, 95, 95, 89, 95, 95);
    assertThat(alerts).isEmpty();
    check(watch, 90, 97, 99, 99);

    assertThat(alerts).hasSize(1);
    assertThat(alerts.get(0).rule()).isEqualTo("jvm.threshold.heap");
    assertThat(alerts.get(0).title()).isEqualTo("Heap in use after a collection: 90 %, limit 90 %");
    assertThat(alerts.get(0).fields()).containsEntry("limit", 90).containsEntry("value", 90L);
  }

  @Test
  void readingAlertsAgain_onlyAfterItWasWellBelow() {
    ThresholdWatch watch = watch(Map.of(Reading.THREADS, 100));

    check(watch, 100, 100, 100);
    check(watch, 95, 100, 100, 100);
    assertThat(alerts).hasSize(1);
    check(watch, 89, 100, 100, 100);

    assertThat(alerts).hasSize(2);
    assertThat(alerts.get(1).title()).isEqualTo("Live threads: 100, limit 100");
  }

  @Test
  void whatCannotBeRead_isNotAskedForAgain() {
    ThresholdWatch watch = watch(Map.of(Reading.DESCRIPTORS, 80));

    check(watch, 1, 1, 1);

    assertThat(reads).isEqualTo(1);
    assertThat(alerts).isEmpty();
  }

  @Test
  void whatCouldBeRead_isAskedForAgain_afterAnyFailure() {
    Deque<Supplier<Double>> answers = new ArrayDeque<>();
    answers.add(() -> 50.0);
    answers.add(
        () -> {
          throw new UncheckedIOException(new IOException("too many open files"));
        });
    answers.add(
        () -> {
          throw new NumberFormatException("For input string");
        });
    for (int i = 0; i < 3; i++) {
      answers.add(() -> 99.0);
    }
    ThresholdWatch watch =
        new ThresholdWatch(
            Map.of(Reading.CPU, 80),
            reading -> {
              try {
                return answers.remove().get();
              } catch (UncheckedIOException e) {
                throw e.getCause();
              }
            },
            alerts::add,
            InstantSource.system());

    for (int i = 0; i < 6; i++) {
      watch.check();
    }

    assertThat(alerts).hasSize(1);
  }

  @Test
  void descriptors_thatCannotBeCountedAnyMore_areAllInUse(@TempDir Path root) throws IOException {
    Path self = Files.createDirectories(root.resolve("proc/self/fd")).getParent();
    JvmReadings readings = new JvmReadings(root, (module, name) -> {}, 2, System::nanoTime);
    assertThatThrownBy(() -> readings.read(Reading.DESCRIPTORS)).isInstanceOf(IOException.class);
    Files.writeString(self.resolve("limits"), "Max open files   16   1024   files\n");
    assertThat(readings.read(Reading.DESCRIPTORS)).isZero();

    // Opening fails as it does when there is no descriptor left.
    Files.delete(self.resolve("limits"));

    assertThat(readings.read(Reading.DESCRIPTORS)).isEqualTo(100.0);
  }

  @Test
  void valuesThatAreNotKnownYet_areNoAlert() {
    ThresholdWatch watch = watch(Map.of(Reading.CPU, 1));

    check(watch, -1, -1, -1);

    assertThat(alerts).isEmpty();
  }

  @Test
  void readings_ofThisJvm_arePlausible() throws IOException {
    JvmReadings readings = new JvmReadings(Path.of("/"), (module, name) -> {}, 2, System::nanoTime);

    assertThat(readings.read(Reading.CPU)).isNegative();
    assertThat(readings.read(Reading.CPU)).isNotNegative();
    assertThat(readings.read(Reading.DESCRIPTORS)).isPositive().isLessThan(100);
  }

  @Test
  void readings_areComputedFromProc(@TempDir Path root) throws IOException {
    Path self = Files.createDirectories(root.resolve("proc/self/fd")).getParent();
    for (int i = 0; i < 4; i++) {
      Files.createFile(self.resolve("fd").resolve(Integer.toString(i)));
    }
    Files.writeString(
        self.resolve("limits"),
        "Limit                     Soft Limit           Hard Limit           Units\n"
            + "Max open files            16                   1024                 files\n");
    AtomicLong nanos = new AtomicLong();
    JvmReadings readings = new JvmReadings(root, (module, name) -> {}, 2, nanos::get);

    Files.writeString(self.resolve("stat"), "1 (a (odd) name) S 0 0 0 0 0 0 0 0 0 0 500 100 9");
    readings.read(Reading.CPU);
    nanos.set(10_000_000_000L);
    Files.writeString(self.resolve("stat"), "1 (a (odd) name) S 0 0 0 0 0 0 0 0 0 0 1300 300 9");

    assertThat(readings.read(Reading.CPU)).isEqualTo(50.0);
    assertThat(readings.read(Reading.DESCRIPTORS)).isEqualTo(25.0);
  }

  @Test
  void allocation_isOverAMinute_andNotKnownBefore() {
    AllocationRate rate = new AllocationRate();
    long second = 1_000_000_000L;

    for (int i = 0; i < 12; i++) {
      assertThat(rate.megabytesPerSecond(i * 500_000_000L, i * 5 * second)).isNegative();
    }
    assertThat(rate.megabytesPerSecond(12 * 500_000_000L, 60 * second)).isEqualTo(100.0);
    assertThat(rate.megabytesPerSecond(12 * 500_000_000L + 3_500_000_000L, 65 * second))
        .isEqualTo(150.0); // since the reading at 5 s
    assertThat(rate.megabytesPerSecond(12 * 500_000_000L + 3_500_000_000L, 600 * second))
        .isEqualTo(0.0);
  }

  @Test
  void allocation_isAnAlertWithItsUnit() {
    ThresholdWatch watch = watch(Map.of(Reading.ALLOCATION, 500));

    check(watch, -1, 510, 510, 512);

    assertThat(alerts).hasSize(1);
    assertThat(alerts.get(0).title())
        .isEqualTo("Allocation over a minute: 512 MB/s, limit 500 MB/s");
  }
}

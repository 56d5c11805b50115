package whorl.agent.hook.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.code.NamedSources.Verdict;
import whorl.event.AgentEvent;
import whorl.event.RequestContext;
import whorl.evidence.Digest;

class GeneratedClassesTest {
  private static final long BUDGET_BYTES = 8 << 20;

  private final EventSink sink = new EventSink(new EpochClock());
  private final StartupPhase startupPhase = new StartupPhase();
  private final GeneratedClasses classes =
      new GeneratedClasses(sink, startupPhase, () -> 42, 6 << 20);
  private final Random random = new Random(7);

  @BeforeEach
  void started() {
    startupPhase.end();
  }

  @Test
  void defined_whileTheApplicationStarts_isReportedBySettle() {
    GeneratedClasses startingUp = new GeneratedClasses(sink, new StartupPhase(), () -> 42, 6 << 20);
    byte[] bytes = bytes(3_000);

    startingUp.defined("a.B", getClass().getClassLoader(), "loader", bytes, false);
    assertThat(sink.snapshot()).isEmpty();
    startingUp.processWaiting();

    AgentEvent event = sink.snapshot().get(0);
    assertThat(event.value(0)).isEqualTo("a.B");
    assertThat(event.value(4)).isEqualTo(Digest.of(bytes).hex());
    assertThat(event.toLine().thread()).isEqualTo(Thread.currentThread().getName());
    assertThat(event.stack()).isNotEmpty();
    GeneratedClass only = startingUp.snapshot().get(0);
    assertThat(startingUp.bytes(only)).isEqualTo(bytes);
    assertThat(only.epochMillis()).isEqualTo(42);
  }

  @Test
  void defined_whileTheApplicationStarts_moreThanCanWait_isReportedAtOnce() {
    GeneratedClasses startingUp = new GeneratedClasses(sink, new StartupPhase(), () -> 42, 6 << 20);

    for (int i = 0; i < 60; i++) {
      startingUp.defined("Large" + i, null, "loader", new byte[90_000], false);
    }

    int atOnce = sink.snapshot().size();
    assertThat(atOnce).isBetween(10, 20);
    assertThat(startingUp.snapshot()).hasSize(60);
    assertThat(sink.snapshot()).hasSize(60);
  }

  @Test
  void defined_whileTheApplicationStarts_farTooMany_onlySomeWait() {
    GeneratedClasses startingUp = new GeneratedClasses(sink, new StartupPhase(), () -> 42, 6 << 20);

    for (int i = 0; i < 3_000; i++) {
      startingUp.defined("Small" + i, null, "loader", new byte[100], false);
    }

    long overwritten = sink.losses().getOrDefault("ring.overwritten", 0L);
    assertThat(sink.snapshot().size() + overwritten).isEqualTo(3_000 - 1_024);
  }

  @Test
  void alteredClassOfARequest_isReported_howeverManyWereAlteredBefore() {
    classes.comparedBy(named -> named.stream().map(each -> Verdict.DIFFERENT).toList());
    ClassLoader loader = getClass().getClassLoader();
    for (int i = 0; i < 40; i++) {
      classes.named("woven.Entity" + i, loader, "file:/app/shop.jar", bytes(100));
    }
    classes.compare();
    CurrentRequest.set(new RequestContext("r-1", "POST", "/deploy", "192.0.2.1"));
    try {
      classes.named("com.shop.View", loader, "file:/app/shop.jar", bytes(100));
    } finally {
      CurrentRequest.set(null);
    }
    classes.compare();

    assertThat(sink.snapshot()).extracting(event -> event.value(0)).contains("com.shop.View");
    assertThat(sink.snapshot()).hasSizeLessThan(41);
    assertThat(classes.altered()).isEqualTo(41);
  }

  @Test
  void bytes_ofAClass_areReturnedUnchanged() {
    byte[] bytes = bytes(3_000);

    classes.defined("a.B", getClass().getClassLoader(), "loader", bytes, false);

    GeneratedClass only = classes.snapshot().get(0);
    assertThat(classes.bytes(only)).isEqualTo(bytes);
    assertThat(only.className()).isEqualTo("a.B");
    assertThat(only.suspicious()).isTrue();
    assertThat(only.epochMillis()).isEqualTo(42);
    assertThat(only.stack()).isNotEmpty();
  }

  @Test
  void defined_sameBytesTwice_areKeptOnceForBoth() {
    byte[] bytes = bytes(3_000);

    classes.defined("a.B", null, "loader", bytes, false);
    classes.processWaiting();
    long once = classes.keptBytes();
    classes.defined("a.C", null, "loader", bytes, false);

    assertThat(classes.snapshot())
        .extracting(GeneratedClass::className)
        .containsExactly("a.B", "a.C");
    assertThat(classes.keptBytes()).isLessThan(2 * once);
  }

  @Tag("long")
  @Test
  void defined_aHundredThousand_staysWithinTheBudget_theFirstAndTheLastAreKept() {
    byte[] first = bytes(2_000);
    byte[] last = bytes(2_000);
    classes.defined("First", null, "loader", first, false);
    for (int i = 0; i < 100_000; i++) {
      classes.defined("Noise" + i, null, "loader", bytes(1_500), false);
      if (i % 500 == 0) {
        classes.processWaiting();
      }
    }
    classes.processWaiting();
    classes.defined("Last", null, "loader", last, false);

    List<GeneratedClass> kept = classes.snapshot();
    assertThat(classes.keptBytes()).isLessThan(BUDGET_BYTES);
    assertThat(classes.bytes(kept.get(0))).isEqualTo(first);
    assertThat(classes.bytes(kept.get(kept.size() - 1))).isEqualTo(last);
    assertThat(classes.dropped()).isEqualTo(100_002 - kept.size());
    assertThat(classes.forgotten()).isEqualTo(classes.dropped());
  }

  @Test
  void defined_fasterThanTheyAreProcessed_areNotedWithoutBytes_andCounted() {
    for (int i = 0; i < 20; i++) {
      classes.defined("Large" + i, null, "loader", bytes(900_000), false);
    }

    List<GeneratedClass> kept = classes.snapshot();
    assertThat(kept).hasSize(20);
    long withBytes = kept.stream().filter(type -> classes.bytes(type) != null).count();
    assertThat(withBytes).isBetween(1L, 4L);
    assertThat(classes.dropped()).isEqualTo(20 - withBytes);
    assertThat(classes.forgotten()).isZero();
  }

  @Test
  void defined_withSmallerBudget_staysWithinIt_entriesAndStacksIncluded() {
    long budget = 128 << 10;
    GeneratedClasses small = new GeneratedClasses(sink, startupPhase, () -> 42, budget);

    for (int i = 0; i < 2_000; i++) {
      small.defined("C" + "x".repeat(i % 500), null, "loader", bytes(500), false);
      if (i % 10 == 0) {
        small.processWaiting();
        assertThat(small.keptBytes()).isLessThanOrEqualTo(budget);
      }
    }

    assertThat(small.snapshot()).isNotEmpty();
    assertThat(small.forgotten()).isEqualTo(2_000 - small.snapshot().size());
  }

  @Test
  void defined_withoutAnyBudget_keepsNothingAndCounts() {
    GeneratedClasses none = new GeneratedClasses(sink, startupPhase, () -> 42, 0);

    none.defined("a.B", null, "loader", bytes(500), false);

    assertThat(none.snapshot()).isEmpty();
    assertThat(none.dropped()).isEqualTo(1);
    assertThat(sink.snapshot()).hasSize(1);
  }

  @Test
  void defined_tooLarge_isNotedWithoutBytes() {
    classes.defined("Huge", null, "loader", bytes(2 << 20), false);

    assertThat(classes.bytes(classes.snapshot().get(0))).isNull();
    assertThat(classes.dropped()).isEqualTo(1);
  }

  /** Random, so that compression saves nothing. */
  private byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    ByteBuffer.wrap(bytes).putInt(0xCAFEBABE);
    return bytes;
  }
}

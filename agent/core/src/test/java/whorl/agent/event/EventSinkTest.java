package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.EpochClock;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

class EventSinkTest {
  private final EventSink sink = new EventSink(new EpochClock());

  @Test
  void emit_floodOfOpens_keepsSignificantEvents() {
    sink.emit(EventType.PROCESS_START, "/bin/sh -c id", null, -1L, null);
    for (int i = 0; i < 20_000; i++) {
      sink.emit(EventType.FILE_OPEN, "/tmp/" + i, "read", false, false);
    }

    assertThat(sink.snapshot())
        .anySatisfy(event -> assertThat(event.type()).isEqualTo(EventType.PROCESS_START));
    assertThat(sink.snapshot()).hasSize(8192 + 1);
    assertThat(sink.losses()).containsEntry("ring.overwritten", 20_000L - 8192);
  }

  @Test
  void newest_areOfBothRings() {
    for (int i = 0; i < 100; i++) {
      if (i % 2 == 0) {
        sink.emit(EventType.FILE_DELETE, "/tmp/" + i);
      } else {
        sink.emit(EventType.FILE_OPEN, "/tmp/" + i, "read", false, false);
      }
    }

    assertThat(sink.newest(3)).extracting(AgentEvent::sequence).containsExactly(97L, 98L, 99L);
    assertThat(sink.newest(1_000)).hasSize(100);
    assertThat(sink.snapshot(97)).extracting(AgentEvent::sequence).containsExactly(98L, 99L);
  }

  @Test
  void snapshot_repeatedTexts_areTheSameObject() {
    sink.startupEnded();
    sink.record(event -> {});
    for (int i = 0; i < 4; i++) {
      sink.emit(
          EventType.HTTP_REQUEST,
          "GET",
          "/é" + i % 2,
          null,
          null,
          200,
          null,
          null,
          null,
          0L,
          0L,
          0L);
    }

    List<AgentEvent> held = sink.snapshot();
    assertThat(held.get(0).thread()).isSameAs(held.get(3).thread());
    assertThat(held.get(0).value(1)).isEqualTo("/é0").isSameAs(held.get(2).value(1));
    assertThat(held.get(1).value(1)).isEqualTo("/é1");
  }

  @Test
  void emit_stageThatThrows_isCountedAndTheNextStillRuns() {
    List<AgentEvent> seen = new ArrayList<>();
    sink.forwardTo(
        event -> {
          throw new IllegalStateException("broken");
        },
        seen::add);

    sink.emit(EventType.FILE_DELETE, "/tmp/x");

    assertThat(seen).hasSize(1);
    assertThat(sink.losses()).containsEntry("events.failed", 1L);
  }

  @Test
  void emit_hugeValues_areCutToBounds() {
    sink.emit(EventType.FILE_DELETE, "x".repeat(1 << 20) + "; id");
    sink.emit(EventType.DNS_LOOKUP, "host", Collections.nCopies(1000, "10.0.0.1"));

    assertThat((String) sink.snapshot().get(0).value(0))
        .hasSize(8193)
        .startsWith("xxx")
        .endsWith("xxx; id");
    assertThat((List<?>) sink.snapshot().get(1).value(1)).hasSize(32);
  }

  @Test
  void emit_withoutARecording_takesTheStackForTheRing() {
    sink.emit(EventType.FILE_OPEN, "/etc/hosts", "read", false, false);

    AgentEvent event = sink.snapshot().get(0);
    assertThat(event.hasStack()).isTrue();
    assertThat(event.toLine().stack())
        .isNotEmpty()
        .noneMatch(frame -> frame.startsWith("whorl.agent.event.EventSink."));
  }

  @Test
  void emit_withoutARecording_takesOnlyTheInnermostFramesOfCommonEvents() {
    deep(100, () -> sink.emit(EventType.FILE_OPEN, "/etc/hosts", "read", false, false));
    deep(100, () -> sink.emit(EventType.FILE_DELETE, "/etc/hosts"));

    assertThat(sink.snapshot().get(0).stack()).hasSize(32);
    // Frames of this test are left out, since its package is the agent's.
    assertThat(sink.snapshot().get(1).stack()).hasSizeGreaterThan(16);
  }

  @Test
  void emit_floodWithoutARecording_limitsStacksASecond_andCountsTheRest() {
    for (int i = 0; i < 8_000; i++) {
      sink.emit(EventType.FILE_OPEN, "/tmp/" + i, "read", false, false);
    }

    long with = sink.snapshot().stream().filter(AgentEvent::hasStack).count();
    assertThat(with).isGreaterThanOrEqualTo(1_000);
    assertThat(sink.losses().getOrDefault("ring.stacksRateLimited", 0L)).isEqualTo(8_000 - with);
  }

  @Test
  void emit_withoutRoomForStacks_keepsTheEvents() {
    EventSink small = new EventSink(new EpochClock(), EventLimits.within(128 << 10, false));

    small.emit(EventType.FILE_OPEN, "/etc/hosts", "read", false, false);
    small.emit(EventType.FILE_DELETE, "/etc/hosts");

    assertThat(small.snapshot()).hasSize(2).noneMatch(AgentEvent::hasStack);
  }

  @Test
  void emit_elementsOfLists_areBoundedToo() {
    List<String> seen = List.of("short", "x".repeat(1 << 20), "y".repeat(1 << 20));
    List<AgentEvent> forwarded = new ArrayList<>();
    sink.forwardTo(forwarded::add);
    sink.emit(EventType.DNS_LOOKUP, "host", seen);
    sink.emit(EventType.DNS_LOOKUP, "host", Collections.nCopies(30, "z".repeat(4_000)));

    List<?> first = (List<?>) forwarded.get(0).value(1);
    assertThat(first.get(0)).isEqualTo("short");
    assertThat((String) first.get(1)).hasSize(8193);
    int chars = 0;
    for (Object element : (List<?>) forwarded.get(1).value(1)) {
      chars += ((String) element).length();
    }
    assertThat(chars).isLessThan(17 << 10);
  }

  @Test
  void emit_threadWithALongName_keepsItsBeginning() throws InterruptedException {
    Thread named = new Thread(() -> sink.emit(EventType.FILE_DELETE, "/x"), "n".repeat(1 << 20));
    named.start();
    named.join();

    assertThat(sink.snapshot().get(0).thread()).hasSize(257);
  }

  private static void deep(int frames, Runnable work) {
    if (frames == 0) {
      work.run();
    } else {
      deep(frames - 1, work);
    }
  }

  @Test
  void emit_whileRecording_feedsTheRecorderFirstAndLeavesCommonStacksToIt() {
    List<EventType> recorded = new ArrayList<>();
    sink.record(event -> recorded.add(event.type()));

    sink.emit(EventType.FILE_OPEN, "/etc/hosts", "read", false, false);
    sink.emit(EventType.PROCESS_START, "id", null, 1L, null);

    assertThat(recorded).containsExactly(EventType.FILE_OPEN, EventType.PROCESS_START);
    assertThat(sink.snapshot().get(0).hasStack()).isFalse();
    assertThat(sink.snapshot().get(1).hasStack()).isTrue();
  }

  @Test
  void snapshot_eventsOfBothRings_comeInTheirOrder() {
    sink.emit(EventType.FILE_OPEN, "/a", "read", false, false);
    sink.emit(EventType.FILE_DELETE, "/b");
    sink.emit(EventType.FILE_OPEN, "/c", "read", false, false);

    assertThat(sink.snapshot()).extracting(AgentEvent::sequence).containsExactly(0L, 1L, 2L);
  }

  @Test
  void emitLoadAtStart_isReadLaterLikeAnyEvent() {
    CurrentRequest.set(new RequestContext("k3x-1", "GET", "/products", "10.0.0.7"));
    sink.emitLoadAtStart("shop/Cart", "app", "file:/shop.jar");
    CurrentRequest.set(null);
    sink.emit(EventType.CLASS_LOAD, "shop.Cart", "app", "file:/shop.jar");
    sink.emitLoadAtStart("a/".repeat(5_000), "bootstrap", null);

    List<AgentEvent> events = sink.snapshot();

    assertThat(events).extracting(AgentEvent::sequence).containsExactly(0L, 1L, 2L);
    assertThat(events.get(0).toLine().fields())
        .containsEntry("className", "shop.Cart")
        .containsEntry("loader", "app")
        .containsEntry("codeSource", "file:/shop.jar")
        .containsEntry("request.id", "k3x-1");
    assertThat(events.get(0).thread()).isEqualTo(Thread.currentThread().getName());
    assertThat(events.get(1).epochNanos())
        .isBetween(events.get(0).epochNanos(), events.get(2).epochNanos());
    assertThat((String) events.get(2).value(0)).hasSize(8193).startsWith("a.a.a.");
  }

  @Test
  void emitLoadAtStart_whileTheStartEnds_isForwardedOnce() throws InterruptedException {
    int count = 6_000;
    Thread loading =
        new Thread(
            () -> {
              for (int i = 0; i < count; i++) {
                sink.emitLoadAtStart("shop/Cart", "app", null);
              }
            });
    Queue<Long> seen = new ConcurrentLinkedQueue<>();

    loading.start();
    sink.startupEnded();
    sink.forwardAllTo(event -> seen.add(event.sequence()));
    loading.join();

    assertThat(seen).hasSize(count).doesNotHaveDuplicates();
  }

  @Test
  void forwardAllTo_duringConcurrentEmits_feedsEachEventOnce() throws InterruptedException {
    int before = 1_000;
    int meanwhile = 3_000;
    for (int i = 0; i < before; i++) {
      sink.emit(EventType.FILE_OPEN, "/before", "read", false, false);
    }
    Thread busy =
        new Thread(
            () -> {
              for (int i = 0; i < meanwhile; i++) {
                sink.emit(EventType.FILE_OPEN, "/meanwhile/" + i, "read", false, false);
              }
            });
    Queue<Long> seen = new ConcurrentLinkedQueue<>();

    busy.start();
    sink.forwardAllTo(event -> seen.add(event.sequence()));
    busy.join();

    assertThat(seen).hasSize(before + meanwhile).doesNotHaveDuplicates();
  }

  @Test
  void beforeTheRules_aFloodOfEqualEvents_isCounted_andEmittedOnceMoreForThem() {
    int flood = EventSink.WAITING_FOR_RULES + 5_000;
    sink.emit(EventType.FILE_OPEN, "/once", "read", false, false);
    for (int i = 0; i < flood; i++) {
      sink.emit(EventType.FILE_OPEN, "/often", "read", false, false);
    }
    long counted = sink.counted();
    List<AgentEvent> seen = new ArrayList<>();

    sink.forwardAllTo(seen::add);
    int before = seen.size();
    sink.emit(EventType.FILE_OPEN, "/often", "read", false, false);
    sink.emit(EventType.FILE_OPEN, "/often", "read", false, false);

    assertThat(counted).isLessThan(flood);
    assertThat(before).isBetween(EventSink.WAITING_FOR_RULES, EventSink.WAITING_FOR_RULES + 500);
    assertThat(seen).anySatisfy(event -> assertThat(event.value(0)).isEqualTo("/once"));
    assertThat(seen).hasSize(before + 2);
    assertThat(sink.counted()).isGreaterThan(4_000).isLessThanOrEqualTo(5_000);
  }
}

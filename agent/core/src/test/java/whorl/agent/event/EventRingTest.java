package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import whorl.event.AgentEvent;
import whorl.event.EventSize;
import whorl.event.EventType;
import whorl.event.RequestContext;

class EventRingTest {
  private static final RequestContext REQUEST =
      new RequestContext("k3x-1", "GET", "/products", "10.0.0.7");
  private static final StackTraceElement[] STACK = {new StackTraceElement("A", "b", "A.java", 1)};

  private static final int MANY_BYTES = 1 << 20;

  private final EventRing ring = packing();

  @Test
  void events_packedOrNot_areReadBackUnchanged() {
    List<AgentEvent> events =
        List.of(
            request(0, "a=b", REQUEST),
            request(1, "naïve", REQUEST),
            request(2, "Ωmega 𝄞 \ud800", null),
            request(3, "x".repeat(400), REQUEST),
            request(4, null, REQUEST),
            event(EventType.FILE_OPEN, 5, null, "/etc/passwd", "read", false, null),
            event(EventType.DNS_LOOKUP, 6, REQUEST, "evil.example", List.of("10.0.0.1")),
            AgentEvent.elsewhere(EventType.JNDI_LOOKUP, 7, 8, "main", STACK, "ldap://x"));

    events.subList(0, 7).forEach(this::add);
    ring.add(events.get(7), ring.stacks().keep(STACK));

    List<AgentEvent> held = held();
    assertThat(held).hasSameSizeAs(events);
    for (int i = 0; i < events.size(); i++) {
      assertThat(held.get(i).toLine()).isEqualTo(events.get(i).toLine());
    }
    assertThat(held.get(7).stack()).isEqualTo(STACK);
  }

  /** A request without an id stands for whatever fails in the middle, such as a lack of memory. */
  @Test
  void slot_whoseEventFailed_isEmpty_andIsPackedAgain() {
    RequestContext broken = RequestContext.stored(null, "GET", "/x", "", "10.0.0.7");
    for (int i = 0; i < 64; i++) {
      AgentEvent failing = request(i, "a=b", broken);
      assertThatThrownBy(() -> add(failing)).isInstanceOf(NullPointerException.class);
    }
    assertThat(held()).isEmpty();

    for (int i = 64; i < 128; i++) {
      add(request(i, "a=b", REQUEST));
    }

    assertThat(held()).hasSize(64);
    assertThat(ring.wholeBytes()).isZero();
  }

  @Test
  void slot_packedOrWhole_holdsTheNewestEvent() {
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 64; i++) {
        String query = (round + i) % 2 == 0 ? "short" : "long".repeat(200);
        add(request(round * 64L + i, query, REQUEST));
      }
    }

    assertThat(held().stream().map(AgentEvent::sequence))
        .containsExactlyElementsOf(IntStream.range(192, 256).mapToObj(i -> (long) i).toList());
    assertThat(ring.overwritten()).isEqualTo(192);
  }

  @Test
  void events_keptWholeAtTheStart_arePackedAfterwards_andTheNewestStays() {
    EventRing starting = new EventRing(64, MANY_BYTES, new StackTable(MANY_BYTES));
    starting.add(request(0, "a=b", REQUEST), StackTable.NONE);
    starting.add(request(1, "a=b", REQUEST), starting.stacks().keep(STACK));
    starting.add(new ClassLoadNote(2, 3, "main", null, "shop/Cart", "app", null));
    assertThat(starting.wholeBytes()).isPositive();

    starting.packNew();
    starting.packHeld(() -> {});
    assertThat(starting.wholeBytes()).isZero();
    for (int i = 3; i < 65; i++) {
      starting.add(request(i, "a=b", REQUEST), StackTable.NONE);
    }

    List<AgentEvent> held = held(starting, -1);
    assertThat(held.stream().map(AgentEvent::sequence))
        .containsExactlyElementsOf(IntStream.range(1, 65).mapToObj(i -> (long) i).toList());
    assertThat(held.get(0).stack()).isEqualTo(STACK);
    assertThat(held.get(1).value(0)).isEqualTo("shop.Cart");
  }

  @Test
  void eventsOfTheStart_andEventsBeforePacking_areAllHeld_newestPerSlot() {
    EventRing starting = new EventRing(64, MANY_BYTES, new StackTable(0));
    for (int i = 0; i < 40; i++) {
      starting.add(request(i, "a=b", REQUEST), StackTable.NONE);
    }

    starting.packNew();
    for (int i = 40; i < 80; i++) {
      starting.add(request(i, "a=b", REQUEST), StackTable.NONE);
    }
    assertThat(sequences(starting)).isEqualTo(LongStream.range(16, 80).boxed().toList());
    int[] pauses = new int[1];
    starting.packHeld(() -> pauses[0]++);

    assertThat(sequences(starting)).isEqualTo(LongStream.range(16, 80).boxed().toList());
    assertThat(starting.wholeBytes()).isZero();
    assertThat(pauses[0]).isOne();
  }

  private static List<Long> sequences(EventRing ring) {
    return held(ring, -1).stream().map(AgentEvent::sequence).toList();
  }

  @Test
  void wholeEvents_beyondTheByteLimit_dropTheOldest() {
    EventRing small = new EventRing(64, 32 << 10, new StackTable(0));
    small.packNew();
    small.packHeld(() -> {});
    String large = "Ω".repeat(8 << 10);

    for (int i = 0; i < 1_000; i++) {
      small.add(event(EventType.DNS_LOOKUP, i, REQUEST, "h", List.of(large, large)), 0);
      assertThat(small.wholeBytes()).isLessThanOrEqualTo(32 << 10);
    }

    List<AgentEvent> held = held(small, -1);
    assertThat(held).isNotEmpty().hasSizeLessThan(64);
    assertThat(held.get(held.size() - 1).sequence()).isEqualTo(999);
    assertThat(small.overwritten()).isEqualTo(1_000 - held.size());
  }

  @Test
  void wholeEvents_atTheStart_mayUseTheBytesOfTheSlots() {
    EventRing starting = new EventRing(64, 8 << 10, new StackTable(0));

    for (int i = 0; i < 1_000; i++) {
      starting.add(request(i, "x".repeat(300), REQUEST), StackTable.NONE);
    }

    assertThat(starting.wholeBytes()).isLessThanOrEqualTo((8 << 10) + 64 * EventRing.SLOT_BYTES);
    assertThat(held(starting, -1)).hasSizeGreaterThan(16);
    starting.packNew();
    starting.packHeld(() -> {});
    assertThat(starting.wholeBytes()).isLessThanOrEqualTo(8 << 10);
  }

  @Test
  void wholeEvents_ofManyThreads_stayWithinBounds() throws InterruptedException {
    EventRing small = new EventRing(64, 32 << 10, new StackTable(0));
    List<Thread> writers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread writer =
          new Thread(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  small.add(request(i, "x".repeat(i % 2_000), REQUEST), StackTable.NONE);
                }
              });
      writer.start();
      writers.add(writer);
    }
    for (Thread writer : writers) {
      writer.join();
    }

    long exact = 0;
    for (AgentEvent event : held(small, -1)) {
      exact += EventSize.of(event);
    }
    assertThat(small.wholeBytes())
        .isEqualTo(exact)
        .isLessThanOrEqualTo((32 << 10) + 64 * EventRing.SLOT_BYTES);
  }

  @Test
  void held_isASnapshot_thatLaterEventsDoNotChange() {
    add(request(7, "early", REQUEST));
    add(request(8, "long".repeat(200), REQUEST));
    List<AgentEvent> held = held();
    List<AgentEvent> later = held(7);
    for (int i = 9; i < 100; i++) {
      add(request(i, "late", REQUEST));
    }

    assertThat(held).extracting(AgentEvent::sequence).containsExactly(7L, 8L);
    assertThat(held.get(0).toLine()).isEqualTo(request(7, "early", REQUEST).toLine());
    assertThat(later).extracting(AgentEvent::sequence).containsExactly(8L);
  }

  @Test
  void held_duringConcurrentWrites_hasNoTornEvent() throws InterruptedException {
    AtomicBoolean ending = new AtomicBoolean();
    List<Thread> writers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      Thread writer =
          new Thread(
              () -> {
                for (long n = 0; !ending.get(); n++) {
                  // All texts of an event hold the same number.
                  String text = Long.toString(thread * 1_000_000_000L + n);
                  add(event(EventType.FILE_OPEN, n, null, text, text, n % 2 == 0, text));
                }
              });
      writer.start();
      writers.add(writer);
    }
    int seen = 0;
    for (int i = 0; i < 2_000; i++) {
      for (AgentEvent event : held()) {
        seen++;
        assertThat(event.value(0)).isEqualTo(event.value(1)).isEqualTo(event.value(3));
        assertThat(event.value(0).toString()).endsWith(Long.toString(event.sequence()));
      }
    }
    ending.set(true);
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(seen).isPositive();
    assertThat(held()).hasSize(64);
  }

  private void add(AgentEvent event) {
    ring.add(event, StackTable.NONE);
  }

  private List<AgentEvent> held(long after) {
    return held(ring, after);
  }

  private static List<AgentEvent> held(EventRing ring, long after) {
    HeldEvents held = new HeldEvents(after, Long.MAX_VALUE);
    ring.copyTo(held);
    return held.sorted();
  }

  private static EventRing packing() {
    EventRing ring = new EventRing(64, MANY_BYTES, new StackTable(MANY_BYTES));
    ring.packNew();
    ring.packHeld(() -> {});
    return ring;
  }

  private List<AgentEvent> held() {
    return held(-1);
  }

  private static AgentEvent request(long sequence, String query, RequestContext request) {
    return event(
        EventType.HTTP_REQUEST,
        sequence,
        request,
        "GET",
        REQUEST.path(),
        query,
        REQUEST.remoteAddress(),
        200,
        "tomcat/10.1.48",
        null,
        "curl",
        0L,
        12L,
        Long.MAX_VALUE);
  }

  private static AgentEvent event(
      EventType type, long sequence, RequestContext request, Object... values) {
    AgentEvent event = AgentEvent.here(type, sequence, sequence * 1000, request, values);
    event.release();
    return event;
  }
}

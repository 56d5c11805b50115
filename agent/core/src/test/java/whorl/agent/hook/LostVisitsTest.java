package whorl.agent.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.tamper.TamperHook;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.StackEnd;

/** What code does at the end of a stack, where a hook has no room. */
class LostVisitsTest {
  private static final int STACK_BYTES = 4 << 20;
  private static final int VISITS = 400;
  private static final int HOOK_FRAMES = 150;
  private static final int OPENS = 7;
  private static final int FORGED = 1_000_000;

  private int visits;
  private int observed;
  private int missed;

  @Test
  void visitsAtTheEndOfTheStack_areObservedOrCounted() throws InterruptedException {
    HookDispatcher dispatcher = dispatcher();
    int before = StackEnd.count();

    atTheEnd(dispatcher, "/etc/shadow");

    int stackEnds = StackEnd.count() - before;
    assertThat(visits).isEqualTo(VISITS);
    assertThat(stackEnds).isPositive();
    assertThat(observed).isPositive();
    assertThat(observed + stackEnds + missed).isGreaterThanOrEqualTo(VISITS);
  }

  @Test
  void report_namesMethodAndText_once() throws InterruptedException {
    HookDispatcher dispatcher = dispatcher();

    atTheEnd(dispatcher, "/etc/shadow");

    assertThat(dispatcher.lostVisits(0))
        .contains(
            new HookGuard.Finding(
                Tampering.NO_ROOM_FOR_HOOK, "java.io.FileInputStream.open", "/etc/shadow"));
    assertThat(dispatcher.lostVisits(0)).isEmpty();
  }

  @Test
  void report_commandsAndPaths_areTexts() throws InterruptedException {
    HookDispatcher dispatcher = dispatcher();

    atTheEnd(dispatcher, new String[] {"sh", "-c", "id"});
    assertThat(dispatcher.lostVisits(0)).extracting(HookGuard.Finding::detail).contains("sh -c id");

    atTheEnd(dispatcher, Path.of("/etc/shadow"));
    assertThat(dispatcher.lostVisits(0))
        .extracting(HookGuard.Finding::detail)
        .contains("/etc/shadow");
  }

  @Test
  void report_keepsNoObjectOfTheApplication() throws InterruptedException {
    HookDispatcher dispatcher = dispatcher();

    atTheEnd(
        dispatcher,
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("called by the agent");
          }
        });

    assertThat(dispatcher.lostVisits(0))
        .extracting(HookGuard.Finding::detail)
        .contains("without a text");
  }

  /** A report that fails would keep the guard from all its other checks. */
  @Test
  void report_forgedVisits_namesTheClassThatWasCalled() throws InterruptedException {
    HookDispatcher dispatcher = dispatcher();

    atTheEnd(dispatcher, dispatcher.base + FORGED, "/etc/shadow");
    assertThat(dispatcher.lostVisits(0))
        .contains(
            new HookGuard.Finding(
                Tampering.NO_ROOM_FOR_HOOK, "java.lang.WhorlHooks", "/etc/shadow"));

    atTheEnd(dispatcher, dispatcher.base - FORGED, "/etc/shadow");
    assertThat(dispatcher.lostVisits(0))
        .extracting(HookGuard.Finding::target)
        .isSubsetOf("a hook or a rule");
  }

  @Test
  void report_commandLongerThanMemory_isCut() throws InterruptedException {
    HookDispatcher dispatcher = dispatcher();
    String[] command = new String[100_000];
    Arrays.fill(command, "x".repeat(100_000));

    atTheEnd(dispatcher, command);

    assertThat(dispatcher.lostVisits(0))
        .extracting(HookGuard.Finding::detail)
        .contains("x".repeat(2_000) + "…");
  }

  @Test
  void report_visitsThatReachedNothing_areCounted() {
    HookDispatcher dispatcher = dispatcher();

    assertThat(dispatcher.lostVisits(0)).isEmpty();
    assertThat(dispatcher.lostVisits(3))
        .containsExactly(
            new HookGuard.Finding(Tampering.NO_ROOM_FOR_HOOK, "a hook or a rule", "3 times"));
    assertThat(dispatcher.lostVisits(3)).isEmpty();
  }

  private void atTheEnd(HookDispatcher dispatcher, Object value) throws InterruptedException {
    atTheEnd(dispatcher, dispatcher.base + OPENS, value);
  }

  private void atTheEnd(HookDispatcher dispatcher, int number, Object value)
      throws InterruptedException {
    Object[] values = {value};
    dispatcher.accept(values, number); // the agent initializes its classes early
    visits = 0;
    observed = 0;
    Thread thread = new Thread(null, () -> deeper(dispatcher, number, values), "deep", STACK_BYTES);
    thread.start();
    thread.join();
  }

  /** Visits at the end of the stack, and at each frame above it. */
  private void deeper(HookDispatcher dispatcher, int number, Object[] values) {
    try {
      deeper(dispatcher, number, values);
    } catch (StackOverflowError end) {
      // Here it begins.
    }
    if (visits < VISITS) {
      visits++;
      try {
        dispatcher.accept(values, number);
      } catch (StackOverflowError noRoom) { // the holder class counts it
        missed++;
      }
    }
  }

  private HookDispatcher dispatcher() {
    TamperHook tamper = new TamperHook(new EventSink(new EpochClock()), thread -> true);
    Hook hook =
        new Hook() {
          @Override
          public String group() {
            return "test";
          }

          @Override
          public List<HookPoint> joinPoints() {
            return List.of(point(OPENS, entry("java/io/FileInputStream", "open", "(")));
          }

          @Override
          public void observe(int at, @Nullable Object[] values, ThreadState thread) {
            observed += use(HOOK_FRAMES);
          }
        };
    return new HookDispatcher(
        List.of(hook), new Failures(), new Nesting(thread -> true, tamper), tamper);
  }

  private static int use(int frames) {
    return frames == 0 ? 1 : use(frames - 1);
  }
}

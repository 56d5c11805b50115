package whorl.agent.hook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.http.HttpHooks;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.RequestContext;

/**
 * Each hook handles the number of each of its join points, and no other number. So neither a case
 * without a join point nor a join point without a case passes the build.
 */
class HookPointsTest {
  /** More operands than any join point has; few hooks do anything with them. */
  private static final @Nullable Object[] OPERANDS = new Object[8];

  /**
   * Hooks whose join points all mean the same or are numbered as a list or an enum, and one that
   * reaches its cases only below an expression engine.
   */
  private static final Set<String> WITHOUT_CASES =
      Set.of(
          "AgentChangeHook",
          "FileChangeHook",
          "FileProbeHook",
          "JdkServerRegistrationHook",
          "ReflectionHook",
          "RemoteLoaderHook",
          "ScriptHook",
          "ServerStartHook",
          "SymbolHook",
          "TamperHook");

  /** The cases that the hooks of all HTTP servers share. */
  private static final Set<Integer> OF_ALL_SERVERS = Set.of(0, 1, 2, 3, 4);

  static {
    Arrays.fill(OPERANDS, "operand");
  }

  static List<Hook> hooks() {
    EventSink sink = new EventSink(new EpochClock());
    return Hooks.of(sink, Set.of(), "/", thread -> false).active();
  }

  static Stream<Hook> hooksWithCases() {
    return hooks().stream().filter(hook -> !WITHOUT_CASES.contains(name(hook)));
  }

  @ParameterizedTest
  @MethodSource("hooks")
  void joinPoints_ofAHook_areEachHandled(Hook hook) {
    assertThat(hook.joinPoints()).isNotEmpty().doesNotHaveDuplicates();
    for (int id : ids(hook)) {
      assertThat(refusal(hook, id)).as("%s, join point %s", name(hook), id).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("hooksWithCases")
  void numbers_withoutAJoinPoint_areRefused(Hook hook) {
    Set<Integer> used = ids(hook);
    if (hook.group().equals(HttpHooks.GROUP)) {
      used.addAll(OF_ALL_SERVERS);
    }
    for (int id = 0; id <= HookPoint.MAX_ID; id++) {
      if (!used.contains(id)) {
        assertThat(refusal(hook, id)).as("%s, number %s", name(hook), id).isNotNull();
      }
    }
  }

  private static String name(Hook hook) {
    return hook.getClass().getSimpleName();
  }

  private static Set<Integer> ids(Hook hook) {
    Set<Integer> ids = new TreeSet<>();
    for (HookPoint point : hook.joinPoints()) {
      ids.add(point.id());
    }
    return ids;
  }

  /** Returns the hook's failure if it does not know the number; any other failure is no matter. */
  private static @Nullable RuntimeException refusal(Hook hook, int id) {
    CurrentRequest.set(new RequestContext("id-", 0, "GET", "/", "", "192.0.2.1"));
    try {
      hook.observe(id, OPERANDS.clone(), ThreadState.of(ThreadState.current()));
      return null;
    } catch (IndexOutOfBoundsException unknown) {
      return unknown;
    } catch (IllegalArgumentException failure) {
      return failure.getMessage().equals(HookPoint.unknown(id).getMessage()) ? failure : null;
    } catch (RuntimeException | LinkageError otherOperands) {
      return null;
    }
  }

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }
}

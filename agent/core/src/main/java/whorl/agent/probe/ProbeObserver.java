package whorl.agent.probe;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.ProbeReports;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.hook.tamper.TamperHook;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.AgentEvent;
import whorl.event.RequestContext;
import whorl.event.StackFormat;
import whorl.evidence.channel.ProbeCall;

/**
 * What woven methods call, on the application's threads. It takes no lock, calls no code of the
 * application and lets no failure out. The array of a call holds only objects of the JDK, so that
 * the application finds no object of the agent in it.
 */
final class ProbeObserver implements IntFunction<Object[]>, ObjIntConsumer<Object[]> {
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final StackFormat FRAMES = new StackFormat(ProbeCall.FRAMES_MAX);
  private static final StackTraceElement[] NO_STACK = {};
  private static final int BEGUN = 0;

  private final ProbePoints points;
  private final EventSink sink;
  private final @Nullable TamperHook tamper;
  private final AtomicLong failures = new AtomicLong();

  /**
   * @param tamper receives forged calls; null in tests
   */
  ProbeObserver(ProbePoints points, EventSink sink, @Nullable TamperHook tamper) {
    this.points = points;
    this.sink = sink;
    this.tamper = tamper;
  }

  /** A method begins: returns an array for the call, or null if it is not recorded. */
  @Override
  public Object @Nullable [] apply(int number) {
    ProbePoint point = points.at(number);
    if (point == null || ThreadState.busy(ThreadState.current()) || !point.probe().admits()) {
      return null;
    }
    return point.newCall();
  }

  /** The method has begun, returned or thrown. */
  @Override
  public void accept(@Nullable Object[] call, int number) {
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    ThreadState.busy(state, true);
    try {
      ProbePoint point = points.at(number);
      if (point != null) {
        if (points.step(number) == BEGUN) {
          begin(point, call);
        } else {
          end(point, call);
        }
      } else if (!points.isKnown(number)) {
        forged();
      }
    } catch (Throwable failure) { // no failure may reach the application
      failures.incrementAndGet();
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  /** The arguments are described now: the method may change what they refer to. */
  private static void begin(ProbePoint point, @Nullable Object[] call) {
    String[] arguments = ArgumentText.of(call, point.method(), point.probe().redactor());
    for (int i = ProbePoint.FIRST_ARGUMENT; i < call.length; i++) {
      call[i] = null; // nothing is kept alive for longer than the method keeps it
    }
    call[ProbePoint.DESCRIBED] = arguments;
    call[ProbePoint.BEGAN] = System.nanoTime();
  }

  private void end(ProbePoint point, @Nullable Object[] call) {
    RunningProbe probe = point.probe();
    if (!(call[ProbePoint.BEGAN] instanceof Long began) || !probe.isActive()) {
      return;
    }
    List<String> arguments = arguments(call[ProbePoint.DESCRIBED]);
    if (arguments == null) {
      forged();
      return;
    }
    long nanos = Math.max(0, System.nanoTime() - began);
    Object thrown = call[ProbePoint.THROWN];
    call[ProbePoint.BEGAN] = null; // each call is recorded once
    String thrownName = thrown == null ? null : thrown.getClass().getName();
    String className = probe.request().type();
    String method = point.method().shown();
    ProbeReports.methodCalled(
        sink, probe.id().value(), className, method, arguments, thrownName, nanos);
    RequestContext request = CurrentRequest.get();
    probe.add(
        new RecordedCall(
            probe.nextNumber(),
            sink.epochNanos() - nanos,
            AgentEvent.name(Thread.currentThread()),
            method,
            arguments,
            thrownName,
            nanos,
            request == null ? null : request.id(),
            probe.request().stacks()
                ? StackFormat.elements(WALKER.walk(FRAMES), ProbeCall.FRAMES_MAX)
                : NO_STACK));
  }

  /**
   * A copy of what {@link #begin} has put there; null if it is something else. Code that forges a
   * call can put anything there, such as a list of its own class.
   */
  private static @Nullable List<String> arguments(@Nullable Object described) {
    if (!(described instanceof String[] texts) || texts.length > ProbeCall.ARGUMENTS_MAX) {
      return null;
    }
    String[] copy = texts.clone();
    for (String text : copy) {
      if (text == null || text.length() > ArgumentText.TEXT_MAX_CHARS) {
        return null;
      }
    }
    return Arrays.asList(copy);
  }

  private void forged() {
    if (tamper != null) {
      tamper.report(Tampering.VISIT_FORGED, "java.lang.WhorlHooks", null);
    }
  }

  /** Calls whose recording failed. */
  long failures() {
    return failures.get();
  }
}

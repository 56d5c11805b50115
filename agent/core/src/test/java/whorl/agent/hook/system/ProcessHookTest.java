package whorl.agent.hook.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.AgentEvent;

class ProcessHookTest {
  private static final int START = 0;
  private static final int EXIT = 1;
  private static final int DIRECT_BEGINS = 2;
  private static final int DIRECT_MADE = 3;

  private final EventSink sink = new EventSink(new EpochClock());
  private final ProcessHook hook = new ProcessHook(sink, new ChildProcesses());

  private void observe(int at, Object... values) {
    hook.observe(at, values, ThreadState.of(ThreadState.current()));
  }

  private List<String> reported() {
    return sink.snapshot().stream()
        .filter(event -> event.type().name().startsWith("PROCESS_"))
        .map(event -> event.type().name())
        .toList();
  }

  /** The JDK waits for a process before the method that starts it returns. */
  @Test
  void exit_beforeTheStartIsReported_isReportedAfterIt() {
    Ended process = new Ended(4711);
    begin();
    observe(EXIT, 4711L, true, CompletableFuture.completedFuture(0));
    assertThat(reported()).doesNotContain("PROCESS_EXIT");

    observe(START, new String[] {"true"}, null, process);

    assertThat(reported()).endsWith("PROCESS_START", "PROCESS_EXIT");
    assertThat(sink.snapshot()).isSortedAccordingTo(Comparator.comparing(AgentEvent::epochNanos));
  }

  @Test
  void exit_later_isReportedWhenItHappens() {
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    begin();
    observe(EXIT, 4711L, true, exit);
    observe(START, new String[] {"sleep"}, null, new Ended(4711));
    assertThat(reported()).doesNotContain("PROCESS_EXIT");

    exit.complete(3);

    assertThat(reported()).endsWith("PROCESS_START", "PROCESS_EXIT");
  }

  @Test
  void exit_ofADirectlyCreatedProcess_isReported() {
    begin();
    observe(EXIT, 4711L, true, CompletableFuture.completedFuture(0));

    observe(DIRECT_MADE, new Ended(4711));

    assertThat(reported()).containsExactly("PROCESS_START", "PROCESS_EXIT");
  }

  @Test
  void exit_withoutHookedStarts_isReportedAtOnce() {
    observe(EXIT, 4711L, true, CompletableFuture.completedFuture(0));

    assertThat(reported()).containsExactly("PROCESS_EXIT");
  }

  @Test
  void exits_withoutStarts_areBoundedAndReported() {
    begin();
    for (long pid = 1; pid <= 1_025; pid++) {
      observe(EXIT, pid, true, CompletableFuture.completedFuture(0));
    }

    assertThat(reported().stream().filter("PROCESS_EXIT"::equals)).hasSize(1_024);
  }

  /** The constructor of the process object, called directly. */
  private void begin() {
    observe(DIRECT_BEGINS, bytes("/bin/true\0"), new byte[0], null);
  }

  private static final class Ended extends Process {
    private final long pid;

    Ended(long pid) {
      this.pid = pid;
    }

    @Override
    public long pid() {
      return pid;
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public int waitFor() {
      return 0;
    }

    @Override
    public int exitValue() {
      return 0;
    }

    @Override
    public void destroy() {
      // it has ended
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void command_ofZeroTerminatedTexts_joinsTheWords() {
    assertThat(ProcessHook.command(bytes("/bin/sh\0"), bytes("-c\0id é\0")))
        .isEqualTo("/bin/sh -c id é");
    assertThat(ProcessHook.command(bytes("/bin/id\0"), new byte[0])).isEqualTo("/bin/id");
    assertThat(ProcessHook.command(bytes("/bin/id\0"), bytes("\0"))).isEqualTo("/bin/id");
  }

  @Test
  void command_veryLong_isBounded() {
    assertThat(ProcessHook.command(bytes("/bin/echo\0"), new byte[1 << 20])).isEqualTo("/bin/echo");
    assertThat(ProcessHook.command(bytes("/bin/echo\0"), bytes("x".repeat(1 << 20))))
        .hasSizeLessThan(20_000);
  }
}

package whorl.agent.hook.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.EventType;

class ConsoleHookTest {
  private static final int MORE_THAN_IS_KEPT = 300 << 10;

  private final EventSink sink = new EventSink(new EpochClock());
  private final ConsoleHook hook = new ConsoleHook(sink);

  @BeforeEach
  void emit() {
    hook.emit((writer, text) -> text.replace("password=hunter2", "password=***"));
  }

  @Test
  void lineInSeveralWrites_isOneMaskedEvent() {
    write("pass");
    write("word=hun");
    write("ter2\nnext\n");

    assertThat(lines()).containsExactly("password=***", "next");
  }

  @Test
  void lineWithoutItsBeginning_isNoEvent_andCounted() {
    write("x".repeat(MORE_THAN_IS_KEPT) + "\nlong before this one: password=");
    write("hunter2\nnext\n");

    assertThat(lines()).containsExactly("next");
    assertThat(hook.losses()).containsEntry("console.eventsUnfinished", 1L);
  }

  @Test
  void lineWithoutItsBeginning_inSeveralWrites_isNoEvent() {
    write("first\n" + "x".repeat(MORE_THAN_IS_KEPT) + "\npassword=");
    write("hun");
    write("ter2");
    write("\nnext\n");

    assertThat(lines()).containsExactly("first", "next");
  }

  @Test
  void largeWriteThatEndsALine_doesNotAffectTheNextLine() {
    write("first\n" + "x".repeat(MORE_THAN_IS_KEPT) + "\n");
    write("next\n");

    assertThat(lines()).containsExactly("first", "next");
  }

  @Test
  void bufferOfAChannel_keepsItsPosition() {
    ByteBuffer buffer = ByteBuffer.wrap("..line\n".getBytes(StandardCharsets.UTF_8));
    buffer.position(2);

    hook.observe(3, new Object[] {false, buffer}, thread());

    assertThat(lines()).containsExactly("line");
    assertThat(buffer.position()).isEqualTo(2);
  }

  private void write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    hook.observe(2, new Object[] {false, bytes, 0, bytes.length}, thread());
  }

  private static ThreadState thread() {
    return ThreadState.of(ThreadState.current());
  }

  private List<Object> lines() {
    return sink.snapshot().stream()
        .filter(event -> event.type() == EventType.CONSOLE)
        .map(event -> event.value(1))
        .toList();
  }
}

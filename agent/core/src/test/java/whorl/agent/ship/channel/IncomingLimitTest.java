package whorl.agent.ship.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IncomingLimitTest {
  private static final int READ_BYTES = 64 << 10;

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final EmbeddedChannel channel = new EmbeddedChannel(new IncomingLimit(nanos::get));

  private void read() {
    channel.writeInbound(Unpooled.buffer(READ_BYTES).writeZero(READ_BYTES));
    ByteBuf passed = channel.readInbound();
    assertThat(passed.readableBytes()).isEqualTo(READ_BYTES);
    passed.release();
  }

  @Test
  void messagesWithoutEnd_areReadSlowly() {
    channel.freezeTime();
    int reads = 0;
    while (channel.config().isAutoRead() && reads < 1_000) {
      read();
      reads++;
    }

    assertThat(reads).isEqualTo(IncomingLimit.BURST_BYTES / READ_BYTES + 1);
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void ordinaryMessages_areReadAtOnce() {
    for (int i = 0; i < 1_000; i++) {
      read();
      nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(300));
    }

    assertThat(channel.config().isAutoRead()).isTrue();
  }
}

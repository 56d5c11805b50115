package whorl.agent.ship.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BacklogLimitTest {
  private static final int MESSAGE_BYTES = 64 << 10;

  private final EmbeddedChannel channel = new EmbeddedChannel(new BacklogLimit(1 << 20));

  private ByteBuf write() {
    ByteBuf message = Unpooled.buffer(MESSAGE_BYTES).writeZero(MESSAGE_BYTES);
    channel.write(message);
    return message;
  }

  @Test
  void connectionWhoseOtherEndDoesNotRead_isClosed() {
    ByteBuf last = write();
    int written = 1;
    while (channel.isOpen() && written < 1_000) {
      last = write(); // not flushed, as if the socket took nothing
      written++;
    }

    assertThat(channel.isOpen()).isFalse();
    assertThat(written).isBetween(16, 19);
    assertThat(last.refCnt()).isZero();
    assertThatThrownBy(channel::checkException)
        .isInstanceOf(IOException.class)
        .hasMessage("the collector reads nothing: 1024 KiB wait for it");
  }

  @Test
  void connectionWhoseOtherEndReads_staysOpen() {
    for (int i = 0; i < 1_000; i++) {
      write();
      channel.flush();
      ByteBuf sent = channel.readOutbound();
      sent.release();
    }

    assertThat(channel.isOpen()).isTrue();
    channel.checkException();
  }
}

package whorl.collector.http.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EdgePulseTest {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final AtomicLong nanos = new AtomicLong();
  private final EdgePulse pulse = new EdgePulse(group, nanos::get);

  @AfterEach
  void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void loopThatHangs_isAProblem_untilItAnswers() {
    CountDownLatch hanging = new CountDownLatch(1);
    group
        .next()
        .execute(
            () -> {
              try {
                hanging.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });

    assertThat(pulse.problem()).as("asked only now").isNull();
    nanos.addAndGet(EdgePulse.PATIENCE.toNanos() + 1);
    await().untilAsserted(() -> assertThat(pulse.problem()).startsWith("1 of 2 event loops"));

    hanging.countDown();
    await().untilAsserted(() -> assertThat(pulse.problem()).isNull());
  }
}

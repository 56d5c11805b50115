package whorl.agent.ship.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the event loop running after an OutOfMemoryError. Netty ends an event loop for good on an
 * Error, and the agent would be disconnected for the rest of the JVM's life. This waits a moment
 * and goes on; incomplete work shows as a broken connection.
 */
final class PersistentIo implements IoHandler {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final IoHandler next;

  private PersistentIo(IoHandler next) {
    this.next = next;
  }

  static IoHandlerFactory factory(IoHandlerFactory next) {
    return executor -> new PersistentIo(next.newHandler(executor));
  }

  @Override
  public int run(IoHandlerContext context) {
    try {
      return next.run(context);
    } catch (OutOfMemoryError noRoom) {
      LockSupport.parkNanos(PAUSE_NANOS);
      return 0;
    }
  }

  @Override
  public void initialize() {
    next.initialize();
  }

  @Override
  public void prepareToDestroy() {
    next.prepareToDestroy();
  }

  @Override
  public void destroy() {
    next.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return next.register(handle);
  }

  @Override
  public void wakeup() {
    next.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handle) {
    return next.isCompatible(handle);
  }
}

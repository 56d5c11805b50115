package whorl.agent.hook.network;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.NetworkReports;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Host names, and names of addresses, queried from the name service, answered or not. Answers from
 * the JVM's cache are no events.
 */
public final class DnsHook implements Hook {
  private static final int NAME_RESOLVED = 0;
  private static final int ADDRESS_RESOLVED = 1;

  private final EventSink sink;

  public DnsHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String group() {
    return "dns";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(
            NAME_RESOLVED,
            always(
                "java/net/InetAddress",
                "getAddressesFromNameService",
                "(Ljava/lang/String;",
                argument(0),
                RESULT)),
        point(
            ADDRESS_RESOLVED,
            always(
                "java/net/InetAddress",
                "getHostFromNameService",
                "(Ljava/net/InetAddress;",
                argument(0),
                RESULT)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case NAME_RESOLVED -> forward(values);
      case ADDRESS_RESOLVED -> reverse(values);
      default -> throw HookPoint.unknown(at);
    }
  }

  private void forward(@Nullable Object[] values) {
    List<String> addresses = new ArrayList<>();
    if (values[1] instanceof InetAddress[] answers) {
      for (InetAddress answer : answers) {
        addresses.add(answer.getHostAddress());
      }
    }
    NetworkReports.resolved(sink, values[0] instanceof String name ? name : null, addresses);
  }

  /** Reports the look-up of an address's name; without a name the answer is the address itself. */
  private void reverse(@Nullable Object[] values) {
    if (values[0] instanceof InetAddress address) {
      String text = address.getHostAddress();
      boolean named = values[1] instanceof String name && !name.equals(text);
      NetworkReports.resolved(sink, text, named ? List.of(String.valueOf(values[1])) : List.of());
    }
  }
}

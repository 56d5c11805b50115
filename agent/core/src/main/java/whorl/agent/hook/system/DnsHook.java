package whorl.agent.hook.system;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.event.EventType;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Host names, and names of addresses, queried from the name service, answered or not. Answers from
 * the JVM's cache are no events.
 */
public final class DnsHook implements Hook {
  private static final int REVERSE = 1;

  private final EventSink sink;

  public DnsHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String group() {
    return "dns";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        always(
            "java/net/InetAddress",
            "getAddressesFromNameService",
            "(Ljava/lang/String;",
            argument(0),
            RESULT),
        always(
            "java/net/InetAddress",
            "getHostFromNameService",
            "(Ljava/net/InetAddress;",
            argument(0),
            RESULT));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (at == REVERSE) {
      reverse(values);
      return;
    }
    List<String> addresses = new ArrayList<>();
    if (values[1] instanceof InetAddress[] answers) {
      for (InetAddress answer : answers) {
        addresses.add(answer.getHostAddress());
      }
    }
    sink.emit(EventType.DNS_LOOKUP, values[0], addresses);
  }

  /** Reports the look-up of an address's name; without a name the answer is the address itself. */
  private void reverse(@Nullable Object[] values) {
    if (values[0] instanceof InetAddress address) {
      String text = address.getHostAddress();
      boolean named = values[1] instanceof String name && !name.equals(text);
      sink.emit(EventType.DNS_LOOKUP, text, named ? List.of(String.valueOf(values[1])) : List.of());
    }
  }
}

package whorl.agent.ship.channel;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.redact.stream.MaskedJson;
import whorl.evidence.ChainHead;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.SignedHead;

/**
 * Writes the messages of one connection: never larger than the collector accepts, and as links of
 * the chain if it checks chains. Runs on the event loop.
 */
final class Outgoing {
  private static final Logger log = LoggerFactory.getLogger(Outgoing.class);
  private static final int MAX_MESSAGE_BYTES = 900 << 10;

  private final MaskedJson json;
  private final Outbox outbox;
  private final MessageChain chain;
  private boolean chained;

  Outgoing(MaskedJson json, Outbox outbox, MessageChain chain) {
    this.json = json;
    this.outbox = outbox;
    this.chain = chain;
  }

  static ChannelFuture send(ChannelHandlerContext to, byte[] message) {
    return to.writeAndFlush(new TextWebSocketFrame(Unpooled.wrappedBuffer(message)));
  }

  ChannelFuture send(ChannelHandlerContext to, AgentMessage message) {
    return send(to, json.bytes(message));
  }

  /**
   * Continues the chain.
   *
   * @param received the last link that the collector has; null if it does not check chains
   * @return the alerts that are sent again with their links
   */
  Set<Id> resume(@Nullable ChainHead received) {
    if (received == null) {
      return Set.of();
    }
    chained = true;
    long disagreements = chain.disagreements();
    Set<Id> alerts = chain.resume(received);
    if (chain.disagreements() != disagreements) {
      log.warn("the collector has messages of this agent that it did not send");
    }
    return alerts;
  }

  /** The position for a heartbeat; null if the collector does not check chains. */
  @Nullable SignedHead head(ChannelHandlerContext to) {
    if (!chained) {
      return null;
    }
    sendWaiting(to);
    return chain.signed();
  }

  /** Sends the links that wait, such as those of manifests. */
  void sendWaiting(ChannelHandlerContext to) {
    if (chained) {
      for (byte[] message : chain.takeWaiting()) {
        send(to, message);
      }
    }
  }

  void journal(ChannelHandlerContext to, List<EventLine> lines) {
    boolean fits =
        chained
            ? chain.append(
                outbox.dropped(),
                MAX_MESSAGE_BYTES,
                null,
                link -> json.bytes(new AgentMessage.Journal(lines, link)))
            : sendUnchained(to, lines);
    if (fits) {
      sendWaiting(to);
    } else if (lines.size() == 1) {
      outbox.lost(1);
    } else {
      int half = lines.size() / 2;
      journal(to, lines.subList(0, half));
      journal(to, lines.subList(half, lines.size()));
    }
  }

  private boolean sendUnchained(ChannelHandlerContext to, List<EventLine> lines) {
    byte[] message = json.bytes(new AgentMessage.Journal(lines));
    if (message.length > MAX_MESSAGE_BYTES) {
      return false;
    }
    send(to, message)
        .addListener(
            sent -> {
              if (!sent.isSuccess()) {
                outbox.lost(lines.size());
              }
            });
    return true;
  }

  /** Sends the alert with as many of its newest journal lines as fit in a message. */
  void alert(ChannelHandlerContext to, AgentMessage.AlertRaised raised) {
    AgentMessage.AlertRaised next = raised;
    while (!isSent(to, next)) {
      next =
          new AgentMessage.AlertRaised(
              raised.alert(), raised.capture(), laterHalf(next.journal()), raised.joined());
    }
  }

  private boolean isSent(ChannelHandlerContext to, AgentMessage.AlertRaised raised) {
    int maxBytes = maxBytes(raised.journal());
    if (chained) {
      return isSent(
          to,
          chain.append(
              outbox.dropped(),
              maxBytes,
              raised.alert().id(),
              link ->
                  json.bytes(
                      new AgentMessage.AlertRaised(
                          raised.alert(),
                          raised.capture(),
                          raised.journal(),
                          raised.joined(),
                          link))));
    }
    return isSent(to, json.bytes(raised), maxBytes);
  }

  /** Sends as many of the newest events as fit in a message. */
  void alertJournal(ChannelHandlerContext to, AgentMessage.AlertJournal journal) {
    AgentMessage.AlertJournal next = journal;
    while (!isSent(to, next)) {
      next = new AgentMessage.AlertJournal(journal.alert(), laterHalf(next.events()));
    }
  }

  private boolean isSent(ChannelHandlerContext to, AgentMessage.AlertJournal journal) {
    int maxBytes = maxBytes(journal.events());
    if (chained) {
      return isSent(
          to,
          chain.append(
              outbox.dropped(),
              maxBytes,
              null,
              link ->
                  json.bytes(
                      new AgentMessage.AlertJournal(journal.alert(), journal.events(), link))));
    }
    return isSent(to, json.bytes(journal), maxBytes);
  }

  private boolean isSent(ChannelHandlerContext to, boolean linked) {
    if (linked) {
      sendWaiting(to);
    }
    return linked;
  }

  private static boolean isSent(ChannelHandlerContext to, byte[] message, int maxBytes) {
    if (message.length > maxBytes) {
      return false;
    }
    send(to, message);
    return true;
  }

  /** A message without events cannot be made smaller. */
  private static int maxBytes(List<EventLine> events) {
    return events.isEmpty() ? Integer.MAX_VALUE : MAX_MESSAGE_BYTES;
  }

  /** Returns the later half; counts the others as lost. */
  private List<EventLine> laterHalf(List<EventLine> events) {
    int dropped = (events.size() + 1) / 2;
    outbox.lost(dropped);
    return new ArrayList<>(events.subList(dropped, events.size()));
  }
}

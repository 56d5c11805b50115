package whorl.agent;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.hunt.Hunts;
import whorl.agent.ship.channel.CommandListener;
import whorl.evidence.channel.CollectorMessage;

/**
 * Passes the collector's requests to captures, rules and hunts, which are created after the
 * channel.
 */
final class Commands implements CommandListener {
  private volatile Consumer<CollectorMessage.StartCapture> captures = request -> {};

  private volatile Consumer<CollectorMessage> rules = message -> {};

  private volatile Consumer<CollectorMessage.LibrariesWanted> libraries = wanted -> {};

  private volatile @Nullable Hunts hunts;

  /**
   * Connects the receivers; call it before the shipper starts.
   *
   * @param rules receives {@link CollectorMessage.RulesWanted} and {@link
   *     CollectorMessage.RuleText}
   * @param hunts answers hunts
   */
  void connect(
      Consumer<CollectorMessage.StartCapture> captures,
      Consumer<CollectorMessage> rules,
      Hunts hunts) {
    this.captures = captures;
    this.rules = rules;
    this.hunts = hunts;
  }

  /** Connects the receiver of questions for libraries; call it before the shipper starts. */
  void connectLibraries(Consumer<CollectorMessage.LibrariesWanted> receiver) {
    libraries = receiver;
  }

  @Override
  public void libraries(CollectorMessage.LibrariesWanted wanted) {
    libraries.accept(wanted);
  }

  @Override
  public void rules(CollectorMessage.RulesWanted wanted) {
    rules.accept(wanted);
  }

  @Override
  public void rules(CollectorMessage.RuleText text) {
    rules.accept(text);
  }

  @Override
  public void capture(CollectorMessage.StartCapture request) {
    captures.accept(request);
  }

  @Override
  public void hunt(CollectorMessage.Hunt hunt) {
    Hunts receiver = hunts;
    if (receiver != null) {
      receiver.ask(hunt);
    }
  }

  @Override
  public void huntEnded(CollectorMessage.HuntEnd end) {
    Hunts receiver = hunts;
    if (receiver != null) {
      receiver.end(end.hunt());
    }
  }
}

package whorl.agent;

import java.util.function.Consumer;
import whorl.agent.ship.channel.CommandListener;
import whorl.evidence.channel.CollectorMessage;

/** Passes the collector's requests to captures and rules, which are created after the channel. */
final class Commands implements CommandListener {
  private volatile Consumer<CollectorMessage.StartCapture> captures = request -> {};

  private volatile Consumer<CollectorMessage> rules = message -> {};

  private volatile Consumer<CollectorMessage.LibrariesWanted> libraries = wanted -> {};

  /**
   * Connects the receivers; call it before the shipper starts.
   *
   * @param rules receives {@link CollectorMessage.RulesWanted} and {@link
   *     CollectorMessage.RuleText}
   */
  void connect(Consumer<CollectorMessage.StartCapture> captures, Consumer<CollectorMessage> rules) {
    this.captures = captures;
    this.rules = rules;
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
}

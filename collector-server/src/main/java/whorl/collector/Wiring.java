package whorl.collector;

import java.util.List;
import whorl.collector.config.ServeConfig;
import whorl.collector.http.ChannelEndpoint;
import whorl.collector.http.Metrics;

/** Makes the collector's parts and ties them to one another; nobody else knows more than one. */
final class Wiring {
  private Wiring() {}

  static Parts open(ServeConfig config, Metrics metrics) {
    return new Parts(List.of(), Wiring::nobody, List.of());
  }

  private static ChannelEndpoint.Listener nobody(
      ChannelEndpoint.Peer peer, whorl.collector.http.Principal principal) {
    peer.close(1013, "no fleet is kept here");
    return new ChannelEndpoint.Listener() {
      @Override
      public void text(String message) {}

      @Override
      public void closed() {}
    };
  }
}

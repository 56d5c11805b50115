package whorl.agent.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** JFR event types of sockets and name lookups. Public, as JFR wants its event classes. */
public final class NetworkEvents {
  private NetworkEvents() {}

  @Name("whorl.SocketConnect")
  @Label("Socket Connect")
  @Category("Whorl")
  @Description("A connection was asked for")
  @StackTrace
  public static final class SocketConnect extends RequestEvent {
    @Label("Host")
    @Nullable String host;

    @Label("Address")
    @Nullable String address;

    @Label("Port")
    int port;

    @Label("Transport")
    @Nullable String transport;

    static void commit(AgentEvent event) {
      SocketConnect jfr = new SocketConnect();
      if (jfr.isEnabled()) {
        jfr.host = Values.text(event, 0);
        jfr.address = Values.text(event, 1);
        jfr.port = (int) Values.number(event, 2);
        jfr.transport = Values.text(event, 3);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.SocketAccept")
  @Label("Socket Accept")
  @Category("Whorl")
  @Description("A connection was accepted")
  @StackTrace
  public static final class SocketAccept extends RequestEvent {
    @Label("Remote Address")
    @Nullable String address;

    @Label("Remote Port")
    int port;

    @Label("Local Port")
    int localPort;

    static void commit(AgentEvent event) {
      SocketAccept jfr = new SocketAccept();
      if (jfr.isEnabled()) {
        jfr.address = Values.text(event, 0);
        jfr.port = (int) Values.number(event, 1);
        jfr.localPort = (int) Values.number(event, 2);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.SocketBind")
  @Label("Socket Bind")
  @Category("Whorl")
  @Description("A socket was bound")
  @StackTrace
  public static final class SocketBind extends RequestEvent {
    @Label("Address")
    @Nullable String address;

    @Label("Port")
    int port;

    static void commit(AgentEvent event) {
      SocketBind jfr = new SocketBind();
      if (jfr.isEnabled()) {
        jfr.address = Values.text(event, 0);
        jfr.port = (int) Values.number(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.DnsLookup")
  @Label("DNS Lookup")
  @Category("Whorl")
  @Description("A host name was looked up")
  @StackTrace
  public static final class DnsLookup extends RequestEvent {
    @Label("Host")
    @Nullable String host;

    @Label("Addresses")
    @Nullable String addresses;

    static void commit(AgentEvent event) {
      DnsLookup jfr = new DnsLookup();
      if (jfr.isEnabled()) {
        jfr.host = Values.text(event, 0);
        jfr.addresses = Values.joined(event, 1);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.JndiLookup")
  @Label("JNDI Lookup")
  @Category("Whorl")
  @Description("A name was looked up through JNDI")
  @StackTrace
  public static final class JndiLookup extends RequestEvent {
    @Label("Name")
    @Nullable String name;

    static void commit(AgentEvent event) {
      JndiLookup jfr = new JndiLookup();
      if (jfr.isEnabled()) {
        jfr.name = Values.text(event, 0);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }

  @Name("whorl.HttpRequest")
  @Label("HTTP Request")
  @Category("Whorl")
  @Description("A request was served")
  @StackTrace
  public static final class HttpRequest extends RequestEvent {
    @Label("Method")
    @Nullable String method;

    @Label("Path")
    @Nullable String path;

    @Label("Query")
    @Nullable String query;

    @Label("Remote Address")
    @Nullable String remoteAddress;

    @Label("Status")
    int status;

    @Label("Server")
    @Nullable String server;

    @Label("Forwarded For")
    @Nullable String forwardedFor;

    @Label("User Agent")
    @Nullable String userAgent;

    @DataAmount
    @Label("Request Size")
    long requestBytes;

    @DataAmount
    @Label("Response Size")
    long responseBytes;

    @Timespan
    @Label("Elapsed")
    long elapsed;

    static void commit(AgentEvent event) {
      HttpRequest jfr = new HttpRequest();
      if (jfr.isEnabled()) {
        jfr.method = Values.text(event, 0);
        jfr.path = Values.text(event, 1);
        jfr.query = Values.text(event, 2);
        jfr.remoteAddress = Values.text(event, 3);
        jfr.status = (int) Values.number(event, 4);
        jfr.server = Values.text(event, 5);
        jfr.forwardedFor = Values.text(event, 6);
        jfr.userAgent = Values.text(event, 7);
        jfr.requestBytes = Values.number(event, 8);
        jfr.responseBytes = Values.number(event, 9);
        jfr.elapsed = Values.number(event, 10);
        jfr.requestId = Values.requestId(event);
        jfr.commit();
      }
    }
  }
}

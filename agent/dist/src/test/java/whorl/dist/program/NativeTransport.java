package whorl.dist.program;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Connects to itself through Netty's epoll transport, which goes past the JDK's sockets. */
public final class NativeTransport {
  private NativeTransport() {}

  public static void main(String[] arguments) throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Channel server =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .childHandler(new ChannelInboundHandlerAdapter())
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .sync()
            .channel();
    new Bootstrap()
        .group(group)
        .channel(EpollSocketChannel.class)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(server.localAddress())
        .sync()
        .channel()
        .close()
        .sync();
    server.close().sync();
    group.shutdownGracefully().sync();
    // What a rule fires on, so that there is evidence to look at.
    new ProcessBuilder("/bin/true").start().waitFor();
    Signal.await(Path.of(arguments[0], "done"));
  }
}

package io.sluice.mqtt.connection;

import io.netty.channel.EventLoop;
import io.sluice.mqtt.port.EpochClock;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A Netty event loop as the parts behind the connection see it. Safe for all threads; equal when the loop is. */
public final class NettyLoop implements Loop {

    private final EventLoop eventLoop;
    private final EpochClock clock;

    public NettyLoop(EventLoop eventLoop, EpochClock clock) {
        this.eventLoop = eventLoop;
        this.clock = clock;
    }

    @Override
    public void execute(Runnable task) {
        eventLoop.execute(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var future = eventLoop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    @Override
    public long nanoTime() {
        return eventLoop.ticker().nanoTime();
    }

    @Override
    public long epochMillis() {
        return clock.earliestMillis();
    }

    @Override
    public long latestEpochMillis() {
        return clock.latestMillis();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NettyLoop that && eventLoop.equals(that.eventLoop);
    }

    @Override
    public int hashCode() {
        return eventLoop.hashCode();
    }
}

package io.sluice.mqtt.listener;

import io.micrometer.core.instrument.Timer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/**
 * Stands behind TLS: nobody behind it hears of the connection before the handshake has its turn, and it leaves when the
 * handshake is done. Confined to its loop.
 */
final class HandshakeGate extends ChannelInboundHandlerAdapter {

    static final String NAME = "handshakeGate";

    private final TlsListener tls;
    private final Timer.Sample sample = Timer.start();
    private boolean asked;
    private boolean hasTurn;

    HandshakeGate(TlsListener tls) {
        this.tls = tls;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        switch (tls.turns().ask(ctx)) {
            case NOW -> onTurn(ctx);
            case LATER -> asked = true;
            case NEVER -> {
                tls.overflow().increment();
                ctx.close();
            }
        }
    }

    void onTurn(ChannelHandlerContext ctx) {
        asked = false;
        hasTurn = true;
        if (ctx.isRemoved() || !ctx.channel().isActive()) {
            end();
            return;
        }
        // From here on the connection reads, and its time runs.
        ctx.fireChannelActive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion) {
            sample.stop(completion.isSuccess() ? tls.succeeded() : tls.failed());
            end();
        }
        ctx.fireUserEventTriggered(event);
        if (event instanceof SslHandshakeCompletionEvent && !ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (asked && !tls.turns().leave(ctx)) {
            // Its turn is on its way, and ends there.
            asked = false;
        }
        end();
        ctx.fireChannelInactive();
    }

    private void end() {
        if (hasTurn) {
            hasTurn = false;
            tls.turns().done();
        }
    }
}

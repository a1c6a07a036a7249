package io.sluice.app.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * A network between two parties that does harm to its connections, one harm to each: which, and after how many bytes of
 * which side, follows from the seed and the connection's number.
 */
final class FaultyProxy implements AutoCloseable {

    /** What is done to a connection. */
    enum Harm {
        /** After so many bytes both sides get a reset. */
        CUT,
        /** After so many bytes the receiver gets an end, and what it says is still heard. */
        HALF_CLOSE,
        /** After so many bytes nothing arrives any more, at either side, and nobody is told. */
        BLACK_HOLE,
        /** After so many bytes whatever is sent arrives late; a little later both sides get a reset. */
        DELAY,
        /** The first so many bytes arrive one at a time; a little later both sides get a reset. */
        DRIBBLE
    }

    /**
     * The lot of a connection.
     *
     * @param isOfClient whether the bytes are those of who has opened it
     * @param bytes after how many, counted from when harm began
     * @param millis how late
     * @param lastBytes after how many it ends in any case
     */
    record Lot(Harm harm, boolean isOfClient, long bytes, int millis, long lastBytes) {}

    private static final int DELAY_MILLIS_MAX = 300;
    private static final int DRIBBLE_BYTES_MAX = 2_000;
    private static final int LAST_BYTES_MAX = 10_000;
    private static final int BUFFER_BYTES = 16 << 10;

    private final int target;
    private final IntFunction<Lot> lots;
    private final ServerSocket server;
    private final Queue<Link> links = new ConcurrentLinkedQueue<>();
    private final AtomicInteger harms = new AtomicInteger();
    private volatile boolean calm = true;

    /**
     * @param target where it forwards to
     * @param lots the lot of each connection, by its number
     */
    FaultyProxy(int target, IntFunction<Lot> lots) throws IOException {
        this.target = target;
        this.lots = lots;
        server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        start(this::accept, "proxy-accept");
    }

    int port() {
        return server.getLocalPort();
    }

    /** How often harm was done. */
    int harms() {
        return harms.get();
    }

    /**
     * The lots that a seed gives.
     *
     * @param bytesMax most bytes before the harm; as many harms fall between 10 and 100 bytes as between 1,000 and 10,000
     */
    static IntFunction<Lot> lots(long seed, long bytesMax) {
        return number -> {
            SplittableRandom random = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (number + 1));
            Harm harm = Harm.values()[random.nextInt(Harm.values().length)];
            boolean isOfClient = random.nextBoolean();
            long bytes = (long) Math.exp(random.nextDouble() * Math.log((double) bytesMax));
            int millis = random.nextInt(1, DELAY_MILLIS_MAX);
            if (harm == Harm.DRIBBLE) {
                bytes = Math.min(bytes, DRIBBLE_BYTES_MAX);
            }
            return new Lot(harm, isOfClient, bytes, millis, bytes + random.nextInt(LAST_BYTES_MAX));
        };
    }

    /** Harm begins, also to the connections that are there; until now it only forwards. */
    void begin() {
        calm = false;
    }

    /** From now on it only forwards again, and connections in which nothing arrives any more are reset. */
    void calm() {
        calm = true;
        for (Link link : links) {
            if (link.silent) {
                link.reset();
            }
        }
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        int number = 0;
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Lot lot = lots.apply(number);
                number++;
                open(client, lot);
            } catch (IOException closed) {
                // The end of the test.
            }
        }
    }

    private void open(Socket client, Lot lot) throws IOException {
        Socket other;
        try {
            other = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException away) {
            client.close();
            return;
        }
        client.setTcpNoDelay(true);
        other.setTcpNoDelay(true);
        Link link = new Link(client, other, lot);
        links.add(link);
        start(() -> link.pump(client, other, lot.isOfClient()), "proxy-to");
        start(() -> link.pump(other, client, !lot.isOfClient()), "proxy-from");
    }

    /** A connection: two sockets, and a thread for each direction. */
    private final class Link {
        private final Socket client;
        private final Socket other;
        private final Lot lot;
        private final AtomicInteger ends = new AtomicInteger();
        private volatile boolean silent;

        Link(Socket client, Socket other, Lot lot) {
            this.client = client;
            this.other = other;
            this.lot = lot;
        }

        void pump(Socket from, Socket to, boolean isHarmed) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long passed = 0;
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    if (isHarmed && !calm) {
                        if (!forward(buffer, count, passed, to)) {
                            return;
                        }
                        passed += count;
                    } else if (!silent) {
                        out.write(buffer, 0, count);
                    }
                }
                if (!silent) {
                    to.shutdownOutput();
                }
                if (ends.incrementAndGet() == 2) {
                    close();
                }
            } catch (IOException | InterruptedException broken) {
                // Who resets one side is to see the other one reset.
                reset();
            }
        }

        /** Whether the connection still is. */
        private boolean forward(byte[] buffer, int count, long passed, Socket to)
                throws IOException, InterruptedException {
            OutputStream out = to.getOutputStream();
            int before = (int) Math.max(0, Math.min(count, lot.bytes() - passed));
            boolean isNow = passed < lot.bytes() + 1 && passed + count > lot.bytes();
            if (isNow) {
                harms.incrementAndGet();
            }
            boolean isOver = passed + count > lot.bytes();
            switch (lot.harm()) {
                case CUT -> {
                    out.write(buffer, 0, before);
                    if (isOver) {
                        reset();
                        return false;
                    }
                }
                case HALF_CLOSE -> {
                    if (before > 0) {
                        out.write(buffer, 0, before);
                    }
                    if (isNow) {
                        to.shutdownOutput();
                    }
                }
                case BLACK_HOLE -> {
                    boolean wasSilent = silent;
                    // First: who hears the last of it may answer at once.
                    silent |= isOver;
                    if (!wasSilent) {
                        out.write(buffer, 0, before);
                    }
                }
                case DELAY -> {
                    if (isOver) {
                        Surroundings.pass(lot.millis());
                    }
                    out.write(buffer, 0, count);
                    return !isLast(passed + count);
                }
                case DRIBBLE -> {
                    for (int i = 0; i < before; i++) {
                        out.write(buffer, i, 1);
                    }
                    out.write(buffer, before, count - before);
                    return !isLast(passed + count);
                }
            }
            return true;
        }

        private boolean isLast(long passed) {
            boolean isLast = passed > lot.lastBytes();
            if (isLast) {
                reset();
            }
            return isLast;
        }

        void reset() {
            try {
                client.setSoLinger(true, 0);
                other.setSoLinger(true, 0);
            } catch (IOException closed) {
                // Then nobody is there to be told.
            }
            close();
        }

        private void close() {
            try {
                client.close();
                other.close();
            } catch (IOException closed) {
                // As wanted.
            }
            links.remove(this);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        links.forEach(Link::close);
    }
}

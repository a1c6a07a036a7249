package io.sluice.app.outage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands between Sluice and Kafka and can stop to forward, with every connection left open: the network swallows
 * everything, nobody is told. What it had taken by then goes on when it forwards again, however late.
 */
final class HangingProxy implements AutoCloseable {

    private final int target;
    private final ServerSocket server;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition forwards = lock.newCondition();
    private boolean hanging;

    HangingProxy(int target) throws IOException {
        this.target = target;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept, "proxy-accept");
    }

    int port() {
        return server.getLocalPort();
    }

    void hang(boolean newHanging) {
        lock.lock();
        try {
            hanging = newHanging;
            forwards.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (!server.isClosed()) {
                Socket client = server.accept();
                Socket kafka = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(kafka);
                start(() -> pump(client, kafka), "proxy-to-kafka");
                start(() -> pump(kafka, client), "proxy-from-kafka");
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[64 << 10];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                awaitForwarding();
                out.write(buffer, 0, count);
            }
            awaitForwarding();
        } catch (IOException | InterruptedException closed) {
            // One end has closed: the other is closed with it.
        }
    }

    private void awaitForwarding() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (hanging) {
                forwards.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        hang(false);
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}

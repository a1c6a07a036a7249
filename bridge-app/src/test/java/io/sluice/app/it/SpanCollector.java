package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** Takes spans as a collector does: OTLP over HTTP, in Protobuf, of which it reads what tests ask for. */
final class SpanCollector implements AutoCloseable {

    /** A span, with its ids in hexadecimal. */
    record Span(String traceId, String spanId, String parentSpanId, String name, long kind) {}

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED_32 = 5;

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<String> problems = new CopyOnWriteArrayList<>();

    SpanCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String what = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type");
            boolean expected = what.equals("POST /v1/traces application/x-protobuf");
            try {
                if (expected) {
                    readRequest(body);
                } else {
                    problems.add(what);
                }
            } catch (RuntimeException unreadable) {
                problems.add(unreadable.toString());
            }
            exchange.sendResponseHeaders(expected ? 200 : 404, -1);
            exchange.close();
        });
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Span> spans() {
        return spans;
    }

    List<String> problems() {
        return problems;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** Requests have spans of resources, those have spans of scopes, and those have spans. */
    private void readRequest(byte[] request) {
        fields(request, (field, ofResource) -> {
            if (field == 1) {
                fields(ofResource, (inResource, ofScope) -> {
                    if (inResource == 2) {
                        fields(ofScope, (inScope, span) -> {
                            if (inScope == 2) {
                                spans.add(span(span));
                            }
                        });
                    }
                });
            }
        });
    }

    private static Span span(byte[] bytes) {
        String[] texts = {"", "", "", ""};
        long[] kind = {0};
        fields(bytes, (field, value) -> {
            switch (field) {
                case 1 -> texts[0] = HexFormat.of().formatHex(value);
                case 2 -> texts[1] = HexFormat.of().formatHex(value);
                case 4 -> texts[2] = HexFormat.of().formatHex(value);
                case 5 -> texts[3] = new String(value, UTF_8);
                case 6 -> kind[0] = value[0];
                default -> {}
            }
        });
        return new Span(texts[0], texts[1], texts[2], texts[3], kind[0]);
    }

    /** The fields of a message: their numbers and their bytes, of which those of a small number are one. */
    private static void fields(byte[] message, BiConsumer<Integer, byte[]> field) {
        int[] at = {0};
        while (at[0] < message.length) {
            long tag = varint(message, at);
            int number = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case VARINT -> field.accept(number, new byte[] {(byte) varint(message, at)});
                case FIXED_64 -> at[0] += 8;
                case FIXED_32 -> at[0] += 4;
                case LENGTH -> {
                    int length = (int) varint(message, at);
                    field.accept(number, java.util.Arrays.copyOfRange(message, at[0], at[0] + length));
                    at[0] += length;
                }
                default -> throw new IllegalArgumentException("wire type " + (tag & 7));
            }
        }
    }

    private static long varint(byte[] message, int[] at) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = message[at[0]++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}

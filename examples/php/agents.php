<?php
// Agents and a listing, by PHP 8 alone. Run it twice: the second time everything is unchanged.
//
//   export RENTIX_URL=http://127.0.0.1:8000 RENTIX_API_KEY=rtx_...
//   php agents.php
declare(strict_types=1);

class ApiError extends RuntimeException
{
    public function __construct(public readonly array $body)
    {
        $message = implode('; ', (array) $body['message']);
        parent::__construct("{$body['statusCode']} $message (request {$body['requestId']})");
    }
}

// A 429, a 5xx of the way and a lost connection are tried again. That is safe for reads, and for
// writes under a key: sent again under the same one, a write has one effect.
function call(string $method, string $path, ?array $body = null): array
{
    $headers = ['X-API-Key: ' . getenv('RENTIX_API_KEY'), 'Content-Type: application/json'];
    if ($method === 'PUT' || $method === 'POST') {
        $headers[] = 'Idempotency-Key: ' . bin2hex(random_bytes(16));
    }
    $content = $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR);
    $http = ['method' => $method, 'header' => $headers, 'content' => $content, 'timeout' => 30,
        'ignore_errors' => true];
    $attempts = $method === 'DELETE' ? 1 : 5;
    for ($attempt = 1; ; $attempt++) {
        $http_response_header = [];
        $url = getenv('RENTIX_URL') . "/api/v1$path";
        $text = @file_get_contents($url, false, stream_context_create(['http' => $http]));
        $status = (int) (explode(' ', $http_response_header[0] ?? ' 0')[1]);
        if (!in_array($status, [0, 429, 502, 503, 504], true) || $attempt === $attempts) {
            break;
        }
        preg_match('/^Retry-After: (\d+)/mi', implode("\n", $http_response_header), $asked);
        $wait = (int) ($asked[1] ?? 0) + random_int(0, 1000 * 2 ** $attempt) / 1000;
        usleep((int) ($wait * 1_000_000)); // with chance in it, so that not all come back at once
    }
    if ($text === false) {
        throw new RuntimeException('no answer from ' . getenv('RENTIX_URL'));
    }
    $said = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
    if ($status !== 200 && !isset($said['results'])) {
        throw new ApiError($said); // a bulk of which everything failed is 422, and has its results
    }
    return $said;
}

function outcome(array $answer): string
{
    foreach (['created', 'unchanged', 'updated'] as $word) {
        if ($answer[$word] ?? false) {
            return $word;
        }
    }
    return 'refused (' . ($answer['error']['code'] ?? '?') . ')';
}

$put = call('PUT', '/users', ['externalId' => 'example-1', 'name' => 'Ana Ursu', 'phone' => '069 200 110']);
$agent = call('GET', '/users/external/example-1');
echo 'agent example-1: ', outcome($put), ", stored as {$agent['phone']}\n";

// At most 100 in one request. Each succeeds or fails by itself, in their order.
$operations = [
    ['op' => 'upsert', 'externalId' => 'example-2', 'name' => 'Ion Rusu', 'phone' => '069 200 111'],
    ['op' => 'upsert', 'externalId' => 'example-3', 'name' => 'Maria Lungu', 'phone' => 'no number'],
];
foreach (call('POST', '/users/bulk', ['operations' => $operations])['results'] as $result) {
    echo "bulk {$operations[$result['index']]['externalId']}: ", outcome($result), "\n";
}

foreach (call('GET', '/users?phone=' . rawurlencode('+373 692 00 110'))['items'] as $found) {
    echo "found by phone: {$found['name']}\n";
}

// Agents who registered on the portal by themselves are not linked yet.
$stranger = call('GET', '/users?linked=false&limit=1')['items'][0]['id'];
echo 'linked: ', call('POST', "/users/$stranger/link", ['externalId' => 'example-4'])['externalId'], "\n";
echo 'unlinked: ', call('DELETE', "/users/$stranger/link")['externalId'], "\n";
try {
    call('POST', "/users/$stranger/link", ['externalId' => 'example-1']);
} catch (ApiError $error) {
    if ($error->body['code'] !== 'external_id_taken') {
        throw $error; // branch on the code, never on the message
    }
    $holder = call('GET', "/users/{$error->body['details'][0]['userId']}");
    echo "conflict ({$error->body['code']}): {$holder['name']} has example-1; unlink it there first\n";
}

// The agent may also come after the listing; until then visitors see the agency.
call('PUT', '/listings', ['externalId' => 'example-flat', 'externalUserId' => 'example-1']);
$contact = call('GET', '/listings/external/example-flat')['contact'];
echo "listing example-flat: visitors see {$contact['name']} ({$contact['reason']})\n";

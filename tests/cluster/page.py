"""MLflow's page as a person uses it, in Chromium without a window."""

import os
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

SECONDS = 180
ASSISTANT = "//button[@data-component-id='mlflow.assistant.chat_panel.close']"


class Page:
    """The page of a tracking server.

    Every look waits until what it looks for is there: the page draws itself piece by piece.
    """

    def __init__(self, driver, uri):
        self.driver, self.uri = driver, uri
        self.assistant = True

    def open(self, path):
        """Go to a path of the page; the assistant that covers a part of it is closed for good."""
        self.driver.get(f"{self.uri}/#{path}")
        if self.assistant:
            self.click(ASSISTANT)
            self.assistant = False

    def find(self, xpath):
        """Wait for an element that is shown, and return it."""
        return self._wait(
            lambda: next((e for e in self._all(xpath) if e.is_displayed()), None), xpath
        )

    def click(self, xpath):
        """Click on an element once it is there."""
        self._wait(lambda: self._clicked(xpath), xpath)

    def says(self, *words):
        """Wait until the page shows all these words."""
        self._wait(lambda: all(word in self.text() for word in words), words)

    def count(self, xpath, least):
        """Wait until there are so many elements."""
        self._wait(lambda: len(self._all(xpath)) >= least, f"{least} {xpath}")

    def text(self):
        """Return all words that are shown."""
        return self.driver.find_element(By.TAG_NAME, "body").text

    def keep(self, name):
        """Keep a picture of the page where MYOPINN_PICTURES names a folder."""
        if "MYOPINN_PICTURES" in os.environ:
            self.driver.save_screenshot(str(Path(os.environ["MYOPINN_PICTURES"]) / name))

    def _all(self, xpath):
        return self.driver.find_elements(By.XPATH, xpath)

    def _clicked(self, xpath):
        # A box to tick is not shown itself: a picture stands for it.
        there = self._all(xpath)
        if there:
            self.driver.execute_script("arguments[0].click()", there[0])
        return bool(there)

    def _wait(self, found, what):
        waiting = WebDriverWait(
            self.driver, SECONDS, ignored_exceptions=[StaleElementReferenceException]
        )
        return waiting.until(lambda _: found(), f"the page never showed {what}")


@contextmanager
def browser(uri):
    """Run Chromium as long as the block."""
    options = webdriver.ChromeOptions()
    # As root, and in a container, it runs only without its own sandbox.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    options.add_argument("--window-size=1400,900")
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.set_page_load_timeout(SECONDS)
    try:
        yield Page(driver, uri)
    finally:
        driver.quit()
